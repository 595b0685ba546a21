import { createDecipheriv } from "node:crypto";
import { publicKeyFlaw } from "../../crypto/checkPublicKey.js";
import { keyPairOf } from "../../crypto/keyPair.js";
import { sharedSecret } from "../../crypto/sharedSecret.js";
import type { MeteringDomain } from "../domain.js";
import { associatedData } from "./associatedData.js";
import { ReportRefusedError } from "./errors.js";
import { EPOCHS_IN_BYTE } from "./layout.js";
import { sealingKey } from "./sealingKey.js";
import { NONCE } from "./sealUsage.js";
import type { OpenedUsage, UsageReport } from "./types.js";
import { unpackUsage } from "./usagePlaintext.js";

/** An epoch key as the MDMS holds it. */
export interface EpochSecret {
  /** Counts from 1. */
  readonly epoch: number;
  /** 32 bytes; destroyed after the epoch's release. */
  readonly privateKey: Uint8Array;
  /** 33 bytes; saves working it out for every report. */
  readonly publicKey?: Uint8Array | undefined;
}

/**
 * Decrypts a report.
 *
 * @param hid The hashed identity of the report's meter, hexadecimal.
 * @throws ReportRefusedError `wrong-epoch`, `unknown-point`, `point-at-infinity`, `undecryptable`
 */
export function openUsage(
  domain: MeteringDomain,
  hid: string,
  report: Pick<UsageReport, "time" | "epoch" | "ephemeralKey" | "sealedUsage" | "tag">,
  { epoch, privateKey, publicKey = keyPairOf(privateKey).publicKey }: EpochSecret,
): OpenedUsage {
  if (report.epoch !== epoch % EPOCHS_IN_BYTE) {
    throw new ReportRefusedError("wrong-epoch", `of epoch ${report.epoch}, and the key of ${epoch}`);
  }
  const flaw = publicKeyFlaw(report.ephemeralKey);
  if (flaw !== undefined) throw new ReportRefusedError(flaw, "the ephemeral key is no point of secp256k1");
  const context = { hid, time: report.time };
  const secret = sharedSecret(privateKey, report.ephemeralKey);
  const key = sealingKey(secret, report.ephemeralKey, domain, context, { epoch, publicKey });
  const decipher = createDecipheriv("aes-256-gcm", key, NONCE, { authTagLength: report.tag.length });
  decipher.setAAD(associatedData(context, epoch));
  decipher.setAuthTag(report.tag);
  const plaintext = decipher.update(report.sealedUsage);
  try {
    decipher.final();
  } catch {
    throw new ReportRefusedError("undecryptable", `epoch ${epoch}, time ${report.time}`);
  }
  return unpackUsage(plaintext);
}
