import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { parseAddress } from "../../workers/chain/parseAddress.js";
import { enodeUrl } from "../../workers/devnet/engines/cliqueGeth.js";
import { findValidator } from "../../workers/devnet/findValidator.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { facts } from "../../workers/report/table.js";
import { devnetFolder } from "../support/devnetFolder.js";
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
  const { validator, url } = nodeOf(args, hre);
  const { contracts, account, member } = await openSigning(hre, args.deployment, args, true);
  await sent(contracts.consortium.recordNode(validator, url));
  report(
    args.json,
    { member: member?.name ?? account, validator, node: url },
    facts([
      ["member", member?.name ?? account],
      ["validator", validator],
      ["node", url],
    ]),
  );
});

/** The node that is named by address and URL, or by its number on the devnet. */
function nodeOf(
  { validator, url }: Pick<Arguments, "validator" | "url">,
  hre: HardhatRuntimeEnvironment,
): { readonly validator: string; readonly url: string } {
  if (/^\d{1,4}$/u.test(validator)) {
    if (url !== "") throw new UserError("a validator of the devnet has its own URL: leave it out");
    const own = findValidator(readNetwork(devnetFolder(hre)), Number(validator));
    return { validator: own.address, url: enodeUrl(own) };
  }
  if (url !== "" && !/^enode:\/\/[0-9a-f]+@/iu.test(url)) throw new UserError(`${url} is no enode URL`);
  return { validator: parseAddress(validator, "validator"), url };
}
