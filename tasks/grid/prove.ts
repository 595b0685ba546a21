import { type Progress, proveVersion } from "../../workers/chain/gridVersions.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { progress } from "../support/progress.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly gridVersion: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts } = await openSigning(hre, args.deployment, args, false);
  const { registry } = contracts;
  const show = progress("proof");
  let gas = 0n;
  let transactions = 0;
  const counted =
    (shown: Progress): Progress =>
    (done, of, used) => {
      gas += used;
      transactions++;
      shown(done, of, used);
    };
  await proveVersion(registry, BigInt(args.gridVersion), counted(show), counted(progress("factor")));
  const { partsProved, partCount, vetoUntil } = await registry.summary(args.gridVersion);
  report(
    args.json,
    {
      version: args.gridVersion,
      partsProved: Number(partsProved),
      partCount: Number(partCount),
      transactions,
      gas,
      vetoUntil: Number(vetoUntil),
    },
    facts([
      ["version", args.gridVersion],
      ["parts proved", `${partsProved} of ${partCount}`],
      ["transactions", transactions],
      ["gas", grouped(gas)],
      ["may be vetoed until", timeText(Number(vetoUntil))],
    ]),
  );
});
