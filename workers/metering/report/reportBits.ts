import { LAYOUT, REPORT_BYTES } from "./layout.js";

/** How long a part of a report is. */
export interface PartBits {
  readonly part: string;
  readonly bits: number;
}

const BITS = 8;

/** Bits of a usage report by part; they sum to the 1,264 of a whole one. Framing by MQTT and TLS comes on top. */
export function reportBits(): { readonly parts: readonly PartBits[]; readonly total: number } {
  const parts = Object.entries(LAYOUT).map(([part, { bytes }]) => ({ part, bits: bytes * BITS }));
  return { parts, total: REPORT_BYTES * BITS };
}

/**
 * The paper's count (002, section 5.3.1): signature, the meter's two keys, the MDMS's key, timestamp. It counts a private
 * key, which nobody sends, and leaves out ciphertext, hash and identity, which Table 2 has.
 */
export function paperReportBits(): { readonly parts: readonly PartBits[]; readonly total: number } {
  const parts = [
    { part: "signature", bits: 512 },
    { part: "public key of the meter", bits: 257 },
    { part: "private key of the meter", bits: 256 },
    { part: "public key of the MDMS", bits: 257 },
    { part: "timestamp", bits: 64 },
  ];
  return { parts, total: parts.reduce((sum, { bits }) => sum + bits, 0) };
}
