import { readVersion } from "../../workers/chain/readVersion.js";
import { METER_KINDS } from "../../workers/grid/version/constants.js";
import { unitOfCount } from "../../workers/measurement/estimateSlot.js";
import { significant } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { versionNumber } from "../support/versionNumber.js";

interface Arguments {
  readonly gridVersion: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, provider, members } = await openSharing(hre, args.deployment);
  const version = await versionNumber(contracts.registry, args.gridVersion);
  const { records, labels } = await readVersion(contracts.registry, provider, version);
  const seats = records.metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
  const meters = records.directory.map((entry, i) => {
    const label = labels.meters[i];
    const kind = METER_KINDS[entry.kind]!;
    return {
      number: i,
      id: label?.id ?? `${kind} ${entry.place}`,
      kind,
      place: entry.place,
      // By the seat: the records are proved, the label's owner is only a name.
      owner: members[seats[i]!]?.name ?? `seat ${seats[i]}`,
      sigma: unitOfCount(records, i) / Math.sqrt(entry.weight / 2 ** records.geometry.weightDigits),
      range: 2 ** entry.rangeBits * unitOfCount(records, i),
      unit: kind === "pmu" ? "rad" : "kW",
    };
  });
  report(
    args.json,
    { version, meters },
    table(
      [
        { head: "number", align: "right" },
        { head: "meter" },
        { head: "kind" },
        { head: "place", align: "right" },
        { head: "owner" },
        { head: "sigma", align: "right" },
        { head: "range ±", align: "right" },
        { head: "unit" },
      ],
      meters.map(({ number, id, kind, place, owner, sigma, range, unit }) => [
        number,
        id,
        kind,
        place,
        owner,
        significant(sigma),
        significant(range, 6),
        unit,
      ]),
    ),
  );
});
