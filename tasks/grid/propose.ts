import { proposeVersion, uploadVersion } from "../../workers/chain/gridVersions.js";
import { seatsByName } from "../../workers/chain/readMembers.js";
import { packLabels } from "../../workers/chain/versionLabels.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { openCase } from "../../workers/grid/openCase.js";
import { partition } from "../../workers/grid/partition.js";
import { readPlanFile } from "../../workers/grid/readPlanFile.js";
import { buildVersion } from "../../workers/grid/version/buildVersion.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { progress } from "../support/progress.js";
import { report } from "../support/report.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { changesAgainstActive, changesTable } from "./changes.js";

interface Arguments extends SignerArguments {
  readonly file: string;
  readonly plan: string | undefined;
  readonly bothEnds: boolean;
  readonly resume: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const gridCase = openCase(args.file, userPath);
  const grid = compileGrid(gridCase);
  const sharing = await openSigning(hre, args.deployment, args, true);
  const { registry } = sharing.contracts;
  const seats = seatsByName(sharing.members);
  const plan =
    args.plan === undefined
      ? defaultPlan(grid, partition(grid, [...seats.keys()]), { bothEnds: args.bothEnds })
      : readPlanFile(userPath(args.plan), grid);
  const { records, meters } = buildVersion(grid, plan, seats);
  const labels = packLabels({ case: gridCase, meters });
  let gas = 0n;
  let version = BigInt(args.resume);
  if (args.resume === 0) {
    const proposed = await proposeVersion(registry, records, labels);
    version = proposed.version;
    gas = proposed.gasUsed;
    process.stderr.write(`version ${version} is proposed\n`);
  }
  const show = progress("upload");
  await uploadVersion(registry, version, records, labels, (done, of, used) => {
    gas += used;
    show(done, of, used);
  });
  const changes = await changesAgainstActive(sharing, meters);
  const { geometry } = records;
  report(
    args.json,
    { version: Number(version), ...geometry, metersBySeat: records.metersBySeat, gas, changes },
    [
      facts([
        ["version", Number(version)],
        ["buses", grouped(geometry.buses)],
        ["lines", grouped(grid.lines.length)],
        ["meters", grouped(geometry.meters)],
        ["power unit", `${geometry.powerUnitKw} kW`],
        ["gas", grouped(gas)],
      ]),
      changesTable(changes),
      `Next: gridproof grid prove ${version}; gridproof grid approve ${version}, as every operator whose meters change; gridproof grid activate ${version}`,
    ].join("\n"),
  );
});
