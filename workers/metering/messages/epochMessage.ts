import { z } from "zod";
import type { SignedEpochKey } from "../keys/epochOpening.js";
import { readJson } from "./readJson.js";

const schema = z
  .object({
    epoch: z.number().int().positive(),
    publicKey: z.string(),
    validUntil: z.number().int().positive(),
    r: z.string(),
    vs: z.string(),
  })
  .strict();

/** The MDMS's epoch key as it is retained on the topic `epoch`. Who signed it, `checkEpochKey` says. */
export function encodeEpoch({ epoch, publicKey, validUntil, r, vs }: SignedEpochKey): string {
  return JSON.stringify({ epoch, publicKey, validUntil, r, vs });
}

/** The other way; undefined of what is no epoch key. */
export function decodeEpoch(payload: Uint8Array): SignedEpochKey | undefined {
  return readJson(schema, payload);
}
