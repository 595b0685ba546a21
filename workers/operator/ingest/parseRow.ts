import type { Quality } from "../../store/measurements.js";
import { checkSignature } from "./checkSignature.js";
import { parseTime } from "./parseTime.js";
import { type Outcome, problem } from "../../measurement/problem.js";
import { quantise } from "../../measurement/quantise.js";
import { slotOfTime } from "./slotOfTime.js";
import { signedUnit } from "../../measurement/unitFactor.js";
import type { IngestContext, RawRow, Reading } from "./types.js";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const QUALITIES: ReadonlySet<string> = new Set<Quality>(["good", "suspect", "bad", "missing"]);

/**
 * Judges a row, whichever format it came in: the first thing wrong with it, or the reading.
 *
 * What the quality flag does: `good` (also when absent) and `suspect` readings are uploaded, the latter marked in the
 * store; `bad` and `missing` ones are not, their value is not looked at, and the meter counts as missing in that slot
 * unless a later row before the cut-off brings a value.
 *
 * A meter with a key in that slot needs its signature beside a value. The value that counts is then the signed one.
 */
export function parseRow(row: RawRow, context: IngestContext): Outcome<Reading> {
  if (row.meter === "") return problem("malformed", "meter: empty, a name is expected");
  const quality = row.quality === "" ? "good" : row.quality.toLowerCase();
  if (!QUALITIES.has(quality)) {
    return problem("malformed", `quality: '${row.quality}' is none of ${[...QUALITIES].join(", ")}`);
  }
  const valued = quality === "good" || quality === "suspect";
  if (valued && !NUMBER.test(row.value)) {
    const hint = /^[+-]?\d+,\d+$/.test(row.value) ? " (the decimal sign is a point)" : "";
    return problem("malformed", `value: '${row.value}' is not a number${hint}`);
  }
  const time = parseTime(row.time, row.timezone);
  if ("problem" in time) return time;

  const meter = context.meters.get(row.meter);
  if (meter === undefined) return problem("unknownMeter", `meter: '${row.meter}' is not in the grid version`);
  if (!meter.own) return problem("foreignMeter", `meter: '${row.meter}' belongs to another operator`);

  const slot = slotOfTime(time.value, context);
  if ("problem" in slot) return slot;

  const reading = { slot: slot.value, meter: row.meter, quality: quality as Quality };
  if (!valued) return { value: { ...reading, counts: undefined } };
  const quantised = quantise(Number(row.value), row.unit, meter, context.powerUnitKw);
  if ("problem" in quantised) return quantised;
  const signed = checkSignature(row, meter, slot.value, context);
  if (signed === undefined) return { value: { ...reading, counts: quantised.value } };
  if ("problem" in signed) return signed;
  // What was signed is what the operator will be held to.
  const { value } = signed.value;
  const own = quantise(Number(value), signedUnit(meter.kind), meter, context.powerUnitKw);
  return "problem" in own ? own : { value: { ...reading, counts: own.value, signed: signed.value } };
}
