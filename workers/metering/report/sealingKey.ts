import { hkdfSync } from "node:crypto";
import { concat, getBytes, toBeHex, toUtf8Bytes } from "ethers";
import type { MeteringDomain } from "../domain.js";
import { associatedData } from "./associatedData.js";
import type { EpochPublicKey, SealingContext } from "./types.js";

/** Says what the derived key is for, so that the same secret would give another elsewhere. */
const PURPOSE = toUtf8Bytes("GridProof usage report 1");
const KEY_BYTES = 32;

/** One domain serves millions of reports. */
const prefixes = new WeakMap<MeteringDomain, Uint8Array>();

/**
 * The AES key of one report, by HKDF-SHA-256. The secret is that of ECDH; the salt is the ephemeral key; the info binds
 * chain, contract, HID, τ, epoch and the MDMS's key.
 */
export function sealingKey(
  secret: Uint8Array,
  ephemeralKey: Uint8Array,
  domain: MeteringDomain,
  context: SealingContext,
  { epoch, publicKey }: EpochPublicKey,
): Uint8Array {
  const info = Buffer.concat([prefixOf(domain), associatedData(context, epoch), publicKey]);
  return new Uint8Array(hkdfSync("sha256", secret, ephemeralKey, info, KEY_BYTES));
}

/** Purpose, chain (32 bytes), contract (20 bytes). */
function prefixOf(domain: MeteringDomain): Uint8Array {
  let prefix = prefixes.get(domain);
  if (prefix === undefined) {
    prefix = getBytes(concat([PURPOSE, toBeHex(domain.chainId, 32), domain.metering]));
    prefixes.set(domain, prefix);
  }
  return prefix;
}
