import { signCompact } from "../../crypto/compactSignature.js";
import type { MeteringDomain } from "../domain.js";
import { ciphertextHash } from "./ciphertextHash.js";
import { EPOCHS_IN_BYTE } from "./layout.js";
import { reportDigest } from "./reportDigest.js";
import { sealUsage } from "./sealUsage.js";
import type { EpochPublicKey, Reading, SealingContext, UsageReport } from "./types.js";

/** What a meter needs beside the reading. */
export interface ReportingMeter {
  /** Its number on the chain. */
  readonly meter: number;
  /** Its hashed identity, hexadecimal. */
  readonly hid: string;
  /** Private key of its session, 32 bytes. */
  readonly sessionKey: Uint8Array;
}

/**
 * A whole usage report: encrypted, hashed, signed.
 *
 * @param time τ, s: the end of the interval, a multiple of its length.
 * @throws ReadingRangeError
 */
export function createReport(
  domain: MeteringDomain,
  { meter, hid, sessionKey }: ReportingMeter,
  epochKey: EpochPublicKey,
  time: number,
  reading: Reading,
): UsageReport {
  const context: SealingContext = { hid, time };
  return signReport(
    domain,
    {
      meter,
      time,
      epoch: epochKey.epoch % EPOCHS_IN_BYTE,
      ...sealUsage(domain, context, epochKey, reading),
    },
    sessionKey,
  );
}

/** Hashes and signs what is encrypted. */
export function signReport(
  domain: MeteringDomain,
  sealed: Omit<UsageReport, "hash" | "signature">,
  sessionKey: Uint8Array,
): UsageReport {
  const hashed = { ...sealed, hash: ciphertextHash(sealed) };
  return { ...hashed, signature: signCompact(reportDigest(domain, hashed), sessionKey) };
}
