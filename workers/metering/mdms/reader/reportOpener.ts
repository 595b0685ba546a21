import { hexlify } from "ethers";
import { keyPairOf } from "../../../crypto/keyPair.js";
import type { MeteringDomain } from "../../domain.js";
import { checkReport } from "../../report/checkReport.js";
import { decodeReport } from "../../report/decodeReport.js";
import { ReportRefusedError } from "../../report/errors.js";
import { EPOCHS_IN_BYTE } from "../../report/layout.js";
import { type EpochSecret, openUsage } from "../../report/openUsage.js";
import type { MdmsKeystore } from "../keys/mdmsKeystore.js";
import type { OpenReport } from "../store/openReports.js";
import type { MeterFacts } from "./meterFacts.js";

/**
 * Opens reports with the keys that are at hand. Hash, signature and identity are checked once more, so that a node that
 * lies is found out: what it gives for a report must be signed by a session key of that meter.
 */
export function reportOpener(domain: MeteringDomain, keystore: MdmsKeystore, facts: MeterFacts): OpenReport {
  // By the byte that reports carry: one file of keys is looked at once, not for each report.
  const secrets = new Map<number, Promise<EpochSecret | undefined>>();
  const look = async (byte: number): Promise<EpochSecret | undefined> => {
    const epoch = keystore.epochs().findLast((number) => number % EPOCHS_IN_BYTE === byte);
    const secret = epoch === undefined ? undefined : keystore.epoch(epoch);
    // A key that the epoch was not opened with opens nothing: an instance with another file of keys has the right one.
    if (secret === undefined) return undefined;
    const publicKey = hexlify(keyPairOf(secret.privateKey).publicKey);
    return (await facts.keyOfEpoch(secret.epoch)) === publicKey ? secret : undefined;
  };
  const secretOf = async (byte: number): Promise<EpochSecret | undefined> => {
    const known = secrets.get(byte) ?? look(byte);
    secrets.set(byte, known);
    return await known;
  };
  return async ({ meter, tau, payload }) => {
    const report = decodeReport(payload);
    // First, for it costs nothing: reports of an epoch whose key is lost are looked at again and again.
    const secret = await secretOf(report.epoch);
    if (secret === undefined) return undefined;
    const signer = checkReport(domain, report);
    if (report.meter !== meter || report.time !== tau || (await facts.meterOfKey(signer)) !== meter) {
      throw new ReportRefusedError(
        "bad-signature",
        `meter ${meter}, time ${tau}: the key is not the meter's`,
      );
    }
    return openUsage(domain, await facts.hidOf(meter), report, secret);
  };
}
