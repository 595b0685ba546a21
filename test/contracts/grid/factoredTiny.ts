import { compileGrid } from "../../../workers/grid/compileGrid.js";
import type { Meter } from "../../../workers/grid/types.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { tinyCase } from "../measurement/tinyVersion.js";

const owners = new Map([
  ["A", 0],
  ["B", 1],
  ["C", 2],
]);

const meters = [
  meter("flowFrom", 1, "A"),
  meter("injection", 2, "A"),
  meter("injection", 3, "B"),
  meter("injection", 4, "C"),
];

/** The tiny grid with a flow meter on one line and injection meters: observable, and not spanned. */
export function tinyFactored(sigma = 10): VersionRecords {
  const plan = {
    meters: meters.map((m) => ({ ...m, sigma })),
    zeroInjections: [],
    zeroInjectionSigma: 10,
  };
  return buildVersion(compileGrid(tinyCase), plan, owners).records;
}

/**
 * The same with two meters elsewhere, so that nothing sees bus 4: a flow on line 3 and an injection at bus 1 in place of those
 * at buses 3 and 4. Rows and directory agree.
 */
export function tinyUnobservable(): VersionRecords {
  const records = tinyFactored();
  const rowOf = (bus: number) => records.tree.find((record) => record.bus === bus)!.injection!;
  const [at3, at4] = [rowOf(3), rowOf(4)];
  return {
    ...records,
    tree: records.tree.map((record) =>
      record.bus === 3 || record.bus === 4
        ? { ...record, injection: undefined }
        : record.bus === 1
          ? { ...record, injection: at4 }
          : record,
    ),
    chords: records.chords.map((chord) => (chord.place === 3 ? { ...chord, row: at3 } : chord)),
    directory: records.directory.map((entry, i) =>
      i === at3.meter ? { ...entry, kind: 1, place: 3 } : i === at4.meter ? { ...entry, place: 1 } : entry,
    ),
  };
}

/** The tiny grid with every kind of record that a factored version can have. */
export function everyKind(): VersionRecords {
  const plan = {
    meters: [
      meter("flowFrom", 1, "A"),
      meter("flowTo", 1, "B"),
      { ...meter("pmu", 2, "C"), sigma: 1e-4 },
      meter("injection", 4, "A"),
      meter("injection", 1, "B"),
      meter("injection", 2, "B"),
    ],
    zeroInjections: [3],
    zeroInjectionSigma: 10,
  };
  return buildVersion(compileGrid(tinyCase), plan, owners).records;
}

function meter(kind: Meter["kind"], place: number, owner: string): Meter {
  return { id: `${kind} ${place}`, kind, place, owner, sigma: 10 };
}
