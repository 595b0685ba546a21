import { parseAddress } from "../../workers/chain/parseAddress.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly validator: string;
  readonly url: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, account, member } = await openSigning(hre, args.deployment, args, true);
  if (args.url !== "" && !/^enode:\/\/[0-9a-f]+@/iu.test(args.url)) {
    throw new UserError(`${args.url} is no enode URL`);
  }
  const validator = parseAddress(args.validator, "validator");
  await sent(contracts.consortium.recordNode(validator, args.url));
  report(
    args.json,
    { member: member?.name ?? account, validator, node: args.url },
    facts([
      ["member", member?.name ?? account],
      ["validator", validator],
      ["node", args.url],
    ]),
  );
});
