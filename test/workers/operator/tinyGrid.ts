import type { GridCase, MeteringPlan } from "../../../workers/grid/types.js";

/** kW per radian of every line: 100 MVA over a reactance of 2 p.u. */
const B = 50_000;

/** A triangle: reference bus 1, buses 2 and 3; lines 1 (1-2), 2 (1-3) and 3 (2-3). */
export const tinyCase: GridCase = {
  name: "triangle",
  source: "",
  licence: "",
  baseMva: 100,
  buses: [1, 2, 3].map((number) => ({
    number,
    reference: number === 1,
    loadMw: 1,
    shuntMw: 0,
    generationMw: 1,
    inService: true,
  })),
  lines: [
    [1, 2],
    [1, 3],
    [2, 3],
  ].map(([from, to], i) => ({
    number: i + 1,
    from: from!,
    to: to!,
    reactance: 2,
    tap: 1,
    shiftDegrees: 0,
    inService: true,
  })),
};

/** The first operator meters the flow at the from end of every line, the second the injection at every bus. */
export const tinyPlan: MeteringPlan = {
  meters: [
    ...[1, 2, 3].map((place) => ({
      id: `line${place}`,
      kind: "flowFrom" as const,
      place,
      sigma: 10,
      owner: "TSO 0",
    })),
    ...[1, 2, 3].map((place) => ({
      id: `bus${place}`,
      kind: "injection" as const,
      place,
      sigma: 10,
      owner: "TSO 1",
    })),
  ],
  zeroInjections: [],
  zeroInjectionSigma: 1,
};

/** H by hand, rows in the order of the plan; columns are buses 2 and 3. */
const rows = [
  [-B, 0],
  [0, -B],
  [B, -B],
  [-B, -B],
  [2 * B, -B],
  [-B, 2 * B],
];

/** What each meter reads, in kW, when buses 2 and 3 are at these angles. */
export function trueValues(theta2: number, theta3: number): number[] {
  return rows.map(([h2, h3]) => Math.round(h2! * theta2 + h3! * theta3));
}
