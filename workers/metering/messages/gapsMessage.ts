import { getBytes, hexlify, isHexString } from "ethers";
import { z } from "zod";
import { addressOfKey } from "../../crypto/addressOfKey.js";
import { recoverCompact } from "../../crypto/compactSignature.js";
import type { MeteringDomain } from "../domain.js";
import { signTyped, structDigest } from "../keys/signTyped.js";
import { readJson } from "./readJson.js";

/** What the MDMS signs: of one meter, the intervals after `after` and up to `until` that it does not have. */
const GAPS = {
  Gaps: [
    { name: "meter", type: "uint32" },
    { name: "after", type: "uint32" },
    { name: "until", type: "uint32" },
    { name: "missing", type: "bytes" },
  ],
};

/** The intervals of a meter that the MDMS does not have. */
export interface MeterGaps {
  readonly meter: number;
  /** Intervals that end at this time or earlier, or later than `until`, are not spoken of. Unix seconds. */
  readonly after: number;
  readonly until: number;
  /** The ends of those that are missing, ascending, unix seconds. */
  readonly missing: readonly number[];
}

const schema = z
  .object({
    after: z.number().int().nonnegative().max(0xffff_ffff),
    until: z.number().int().nonnegative().max(0xffff_ffff),
    missing: z.string(),
    r: z.string(),
    vs: z.string(),
  })
  .strict();

/** The MDMS's list as it is retained on the meter's topic `gaps`, signed with the MDMS's identity key. */
export function encodeGaps(
  domain: MeteringDomain,
  { meter, after, until, missing }: MeterGaps,
  key: Uint8Array,
): string {
  const packed = new Uint8Array(4 * missing.length);
  const view = new DataView(packed.buffer);
  for (const [i, time] of missing.entries()) view.setUint32(4 * i, time);
  const value = { meter, after, until, missing: hexlify(packed) };
  return JSON.stringify({ after, until, missing: value.missing, ...signTyped(domain, GAPS, value, key) });
}

/**
 * The other way.
 *
 * @param mdms Address of the MDMS's identity key.
 * @returns undefined unless the MDMS signed this, of this meter.
 */
export function decodeGaps(
  domain: MeteringDomain,
  meter: number,
  payload: Uint8Array,
  mdms: string,
): MeterGaps | undefined {
  const message = readJson(schema, payload);
  if (message === undefined) return undefined;
  const { after, until, missing, r, vs } = message;
  if (!isHexString(missing) || missing.length % 8 !== 2 || !isHexString(r, 32) || !isHexString(vs, 32)) {
    return undefined;
  }
  const digest = structDigest(domain, GAPS, { meter, after, until, missing });
  const key = recoverCompact(digest, getBytes(r + vs.slice(2)));
  if (key === undefined || addressOfKey(key).toLowerCase() !== mdms.toLowerCase()) return undefined;
  const bytes = getBytes(missing);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const times = Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
  return { meter, after, until, missing: times };
}
