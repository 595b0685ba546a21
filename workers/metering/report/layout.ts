import { POINT_BYTES, SIGNATURE_BYTES, WORD_BYTES } from "../../crypto/curve.js";

/**
 * A usage report as bytes (paper 002, Table 2): the payload of a meter's MQTT message, and what a concentrator puts on the
 * chain, one after the other. Numbers are big-endian. `UsageRecord.sol` reads the same layout.
 *
 *     0       4      8       9               42      46    62     94          158
 *     | meter | time | epoch | ephemeral key | usage | tag | hash | signature |
 */
export const LAYOUT = {
  /** The meter's number on the chain, from 1: stands for its hashed identity. */
  meter: { at: 0, bytes: 4 },
  /** End of the interval τ, s since 1970. */
  time: { at: 4, bytes: 4 },
  /** Number of the MDMS's key, modulo 256. */
  epoch: { at: 8, bytes: 1 },
  /** The key that the meter drew for this report, compressed. */
  ephemeralKey: { at: 9, bytes: POINT_BYTES },
  /** The encrypted usage. */
  sealedUsage: { at: 42, bytes: 4 },
  /** Of AES-256-GCM. */
  tag: { at: 46, bytes: 16 },
  /** keccak256 of the ciphertext, that is of ephemeral key, usage and tag. */
  hash: { at: 62, bytes: WORD_BYTES },
  /** Compact (EIP-2098), by the session key. */
  signature: { at: 94, bytes: SIGNATURE_BYTES },
} as const;

/** Length of a report. */
export const REPORT_BYTES = 158;
/** Where the ciphertext E(UD) begins, and how long it is. */
export const CIPHERTEXT = { at: LAYOUT.ephemeralKey.at, bytes: POINT_BYTES + 4 + 16 } as const;

/** Times and numbers of meters fit in 4 bytes. */
export const MOST_UINT32 = 0xffff_ffff;
/** What one byte counts. */
export const EPOCHS_IN_BYTE = 256;
