import { noise } from "../grid/noise.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import type { DemoGrid, Falsification } from "./types.js";

/** What departs from honest measurements in a slot. */
export interface Departures {
  /** Numbers of the meters that are silent. */
  readonly silent?: readonly number[];
  readonly falsified?: Falsification | undefined;
}

/**
 * The values of a slot as the ledger takes them, by meter, counts: the exact ones with the noise of each meter's sigma,
 * and what departs from that.
 *
 * @param stream Tells the noise of one slot from that of another.
 */
export function slotValues(
  demoGrid: DemoGrid,
  seed: number,
  stream: number,
  { silent = [], falsified }: Departures = {},
): number[] {
  const { meters, exactKw, records } = demoGrid;
  const measuredKw = noise({ meters, zeroInjections: [], zeroInjectionSigma: 1 }, exactKw, seed, stream);
  if (falsified !== undefined) measuredKw[falsified.meter]! += falsified.errorKw;
  const values = Array.from(meters, (_, meter) =>
    Math.round(measuredKw[meter]! / records.geometry.powerUnitKw),
  );
  for (const meter of silent) values[meter] = MISSING_VALUE;
  return values;
}
