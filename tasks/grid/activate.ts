import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly gridVersion: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts } = await openSigning(hre, args.deployment, args, false);
  const { registry, ledger } = contracts;
  const receipt = await sent(registry.activate(args.gridVersion));
  const { base, activatedAt } = await registry.summary(args.gridVersion);
  const nextSlot = Number(await ledger.nextSlot());
  report(
    args.json,
    {
      version: args.gridVersion,
      replaces: Number(base),
      activatedAt: Number(activatedAt),
      nextSlot,
      gas: receipt.gasUsed,
    },
    facts([
      ["version", args.gridVersion],
      ["replaces", base === 0n ? undefined : Number(base)],
      ["in force since", timeText(Number(activatedAt))],
      ["next slot to settle", nextSlot],
      ["gas", grouped(receipt.gasUsed)],
    ]),
  );
});
