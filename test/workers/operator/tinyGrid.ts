import type { LinearModel } from "../../../workers/estimation/types.js";
import type { VersionMeter, VersionModel } from "../../../workers/operator/versionModel.js";

/**
 * A triangle of buses, written out by hand from the layout in `GridRecord.sol`: reference bus 1, buses 2 and 3; lines
 * 1 (1-2), 2 (1-3) and 3 (2-3), of which the last is no tree line. Seat 0 meters the flow at the from end of every
 * line, seat 1 the injection at every bus.
 */
const B = 50_000; // counts (kW) per radian, every line
const ANGLE_DIGITS = 30;
const WEIGHT_DIGITS = 20;
const WEIGHT = 10_486; // σ = 10 kW: 0.01 times 2^20
const RANGE_BITS = 20;

const slot = (meter: number): bigint => (BigInt(WEIGHT) << 20n) | (BigInt(RANGE_BITS) << 15n) | BigInt(meter);
const b = BigInt(B) << BigInt(40 - ANGLE_DIGITS);
const words = (...records: bigint[]): string =>
  `0x${records.map((record) => record.toString(16).padStart(64, "0")).join("")}`;
const entry = (kind: bigint, place: bigint): string =>
  ((kind << 57n) | (place << 37n) | (BigInt(RANGE_BITS) << 32n) | BigInt(WEIGHT))
    .toString(16)
    .padStart(16, "0");

/** Sizes as the registry takes them. */
export const geometry = {
  roots: 1,
  buses: 3,
  chords: 1,
  meters: 6,
  virtualRows: 0,
  weightDigits: WEIGHT_DIGITS,
  angleDigits: ANGLE_DIGITS,
  powerUnitKw: 1,
};

/** Meters by seat. */
export const metersBySeat = [3, 3];

/** Tree, chords, directory. */
export const chunks = [
  words(
    (1n << 171n) | slot(3),
    (b << 216n) | (1n << 191n) | (2n << 171n) | (slot(0) << 104n) | slot(4),
    (b << 216n) | (2n << 191n) | (3n << 171n) | (slot(1) << 104n) | slot(5),
  ),
  words((b << 216n) | (1n << 161n) | (2n << 146n) | (3n << 126n) | slot(2)),
  `0x${entry(1n, 1n)}${entry(1n, 2n)}${entry(1n, 3n)}${entry(0n, 1n)}${entry(0n, 2n)}${entry(0n, 3n)}`,
];

const meter = (id: string, kind: VersionMeter["kind"], seat: number): VersionMeter => ({
  id,
  kind,
  seat,
  rangeCounts: 2 ** RANGE_BITS,
});

/** H by hand; columns are buses 2 and 3. */
const rows = [
  [-B, 0],
  [0, -B],
  [B, -B],
  [-B, -B],
  [2 * B, -B],
  [-B, 2 * B],
];

const linear: LinearModel = {
  h: {
    rows: 6,
    columns: 2,
    start: Int32Array.from({ length: 7 }, (_, i) => 2 * i),
    column: Int32Array.from({ length: 12 }, (_, i) => i % 2),
    value: Float64Array.from(rows.flat()),
  },
  weight: new Float64Array(6).fill(WEIGHT / 2 ** WEIGHT_DIGITS),
  offset: new Float64Array(6),
};

/** The triangle as a worker uses it. */
export const tinyModel: VersionModel = {
  version: 1,
  powerUnitKw: 1,
  meters: [
    meter("line1", "flowFrom", 0),
    meter("line2", "flowFrom", 0),
    meter("line3", "flowFrom", 0),
    meter("bus1", "injection", 1),
    meter("bus2", "injection", 1),
    meter("bus3", "injection", 1),
  ],
  model: linear,
  packAngles: (theta) => {
    const bytes = new Uint8Array(5 * theta.length);
    for (const [i, angle] of theta.entries()) {
      let fixed = BigInt.asUintN(40, BigInt(Math.round(angle * 2 ** ANGLE_DIGITS)));
      for (let k = 4; k >= 0; k--) {
        bytes[5 * i + k] = Number(fixed & 0xffn);
        fixed >>= 8n;
      }
    }
    return bytes;
  },
};

/** What each meter reads, in kW, when buses 2 and 3 are at these angles. */
export function trueValues(theta2: number, theta3: number): number[] {
  return rows.map(([h2, h3]) => Math.round(h2! * theta2 + h3! * theta3));
}
