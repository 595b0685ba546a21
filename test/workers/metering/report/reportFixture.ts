import { hexlify } from "ethers";
import { keyPairOf } from "../../../../workers/crypto/keyPair.js";
import { createReport } from "../../../../workers/metering/report/createReport.js";
import { type ReportFlaw, ReportRefusedError } from "../../../../workers/metering/report/errors.js";
import type { Reading } from "../../../../workers/metering/report/types.js";

/** A key pair from one repeated byte. */
export function testKeys(byte: number) {
  return keyPairOf(new Uint8Array(32).fill(byte));
}

/** A place on a chain that is not there. */
export const domain = { chainId: 20_260n, metering: `0x${"ab".repeat(20)}` };
export const hid = hexlify(new Uint8Array(32).fill(7));
export const session = testKeys(0x11);
export const mdms = testKeys(0x22);
export const epochKey = { epoch: 259, publicKey: mdms.publicKey };
export const epochSecret = { epoch: 259, privateKey: mdms.privateKey };
export const time = 1_799_800_200;
export const reading: Reading = { usageWh: 431, registerWh: 12_345_678 };

/** A report of meter 5. */
export function testReport(changed: Partial<Reading> = {}) {
  return createReport(domain, { meter: 5, hid, sessionKey: session.privateKey }, epochKey, time, {
    ...reading,
    ...changed,
  });
}

/** Why a call refuses a report. Other errors go on. */
export function flawOf(call: () => unknown): ReportFlaw | "none" {
  try {
    call();
    return "none";
  } catch (error) {
    if (error instanceof ReportRefusedError) return error.flaw;
    throw error;
  }
}
