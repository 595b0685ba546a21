import { getBytes, id } from "ethers";
import { hash256 } from "../../crypto/hash256.js";
import type { MeteringDomain } from "../domain.js";
import { typedDigest } from "../typedDigest.js";
import type { UsageReport } from "./types.js";

const WORD = 32;
const TYPE_HASH = getBytes(id("UsageReport(uint32 meter,uint32 time,uint8 epoch,bytes ciphertext)"));

/**
 * What a meter signs, 32 bytes: EIP-712 over chain, contract, meter, τ, epoch and ciphertext. EIP-712 hashes `bytes` by
 * themselves, so the report's hash stands for the ciphertext; the meter's number stands for its hashed identity, which it has
 * alone and for ever.
 */
export function reportDigest(
  domain: MeteringDomain,
  { meter, time, epoch, hash }: Pick<UsageReport, "meter" | "time" | "epoch" | "hash">,
): Uint8Array {
  const words = new Uint8Array(5 * WORD);
  const view = new DataView(words.buffer);
  words.set(TYPE_HASH);
  view.setUint32(2 * WORD - 4, meter);
  view.setUint32(3 * WORD - 4, time);
  view.setUint8(4 * WORD - 1, epoch);
  words.set(hash, 4 * WORD);
  return typedDigest(domain, hash256(words));
}
