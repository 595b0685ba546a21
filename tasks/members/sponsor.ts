import { parseAddress } from "../../workers/chain/parseAddress.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly account: string;
  readonly amount: bigint;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, account, member } = await openSigning(hre, args.deployment, args, true);
  if (args.amount < 0n || args.amount >= 1n << 64n)
    throw new UserError(`${args.amount}: not an amount of credits`);
  const newcomer = parseAddress(args.account, "account");
  await sent(contracts.consortium.sponsor(newcomer, args.amount));
  report(
    args.json,
    { sponsor: account, account: newcomer, credits: args.amount },
    facts([
      ["sponsor", member?.name ?? account],
      ["for", newcomer],
      ["pays up to", grouped(args.amount)],
    ]),
  );
});
