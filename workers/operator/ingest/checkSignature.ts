import { keyInSlot } from "../../chain/readMeterKeys.js";
import { readingSigner } from "../../crypto/meterReading.js";
import { type Outcome, problem } from "../../measurement/problem.js";
import type { IngestContext, IngestMeter, RawRow, SignedValue } from "./types.js";
import { signedUnit, unitFactor } from "../../measurement/unitFactor.js";

/** Values beyond are no int64 in W or nrad, nor exact in double precision. */
const MOST_VALUE = Number.MAX_SAFE_INTEGER;

/**
 * Checks the signature of a row with a value in a unit that fits: the meter's key in that slot has signed the value,
 * rounded to W or nrad, for the meter's place and this slot.
 *
 * @returns undefined if the meter has no key in that slot.
 */
export function checkSignature(
  row: RawRow,
  meter: IngestMeter,
  slot: number,
  { domain }: Pick<IngestContext, "domain">,
): Outcome<SignedValue> | undefined {
  const key = keyInSlot(meter.signing?.keys ?? [], slot);
  if (domain === undefined || meter.signing === undefined || key === undefined) return undefined;
  if (row.signature === "") {
    return problem("unsigned", `signature: empty, '${row.meter}' signs its values from this slot's key on`);
  }
  const unit = signedUnit(meter.kind);
  const scaled = (Number(row.value) * unitFactor(row.unit, meter.kind)!) / unitFactor(unit, meter.kind)!;
  const value = Math.round(scaled);
  const { place } = meter.signing;
  const signer =
    Math.abs(value) > MOST_VALUE
      ? undefined
      : readingSigner(domain, { slot, place, value: BigInt(value) }, row.signature);
  if (signer !== key) {
    const whose = signer === undefined ? "is none" : `is that of ${signer}`;
    return problem(
      "badSignature",
      `signature: ${whose}, expected that of ${key} over ${value} ${unit} of '${row.meter}' in slot ${slot}`,
    );
  }
  return { value: { value: BigInt(value), signature: row.signature } };
}
