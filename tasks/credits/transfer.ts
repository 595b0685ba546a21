import { findMember, readMembers } from "../../workers/chain/readMembers.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly to: string;
  readonly amount: bigint;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, members, account, member } = await openSigning(hre, args.deployment, args, true);
  if (args.amount < 0n || args.amount >= 1n << 64n)
    throw new UserError(`${args.amount}: not an amount of credits`);
  const to = findMember(members, args.to);
  const receipt = await sent(contracts.consortium.transfer(to.account, args.amount));
  const after = await readMembers(contracts.consortium);
  const creditsOf = (of: string): bigint => after.find((one) => one.account === of)?.credits ?? 0n;
  report(
    args.json,
    {
      from: account,
      to: to.account,
      amount: args.amount,
      credits: { from: creditsOf(account), to: creditsOf(to.account) },
      gas: receipt.gasUsed,
    },
    facts([
      ["transferred", grouped(args.amount)],
      ["from", `${member?.name ?? account}, who has ${grouped(creditsOf(account))} left`],
      ["to", `${to.name}, who now has ${grouped(creditsOf(to.account))}`],
      ["gas", grouped(receipt.gasUsed)],
    ]),
  );
});
