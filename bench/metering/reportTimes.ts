import { randomBytes } from "node:crypto";
import { hexlify } from "ethers";
import { drawKeyPair } from "../../workers/crypto/keyPair.js";
import type { MeteringDomain } from "../../workers/metering/domain.js";
import type { IntervalReading } from "../../workers/metering/readings/types.js";
import { signReport } from "../../workers/metering/report/createReport.js";
import { encodeReport } from "../../workers/metering/report/encodeReport.js";
import { sealUsage } from "../../workers/metering/report/sealUsage.js";

/** A household whose readings are reported. */
export interface Household {
  readonly name: string;
  readonly readings: readonly IntervalReading[];
}

/** What a household's reports take, milliseconds each. */
export interface ReportTimes {
  readonly name: string;
  readonly reports: number;
  /** Medians. */
  readonly timestamp: number;
  readonly encryption: number;
  /** Hash and signature. */
  readonly signature: number;
  /** The three together. */
  readonly total: number;
  /** Processor time of a whole report, its bytes included: mean. */
  readonly cpu: number;
}

const DOMAIN: MeteringDomain = { chainId: 1n, metering: `0x${"11".repeat(20)}` };
const INTERVAL = 1_800;
const WARM_UP = 200;
/** A timestamp takes less than a clock can tell: so many are taken together. */
const TIMESTAMPS = 1_000;

/** Times each step of a meter's reports over its readings (paper 002, section 5.3.2). */
export function reportTimes({ name, readings }: Household): ReportTimes {
  const hid = hexlify(randomBytes(32));
  const sessionKey = drawKeyPair().privateKey;
  const epochKey = { epoch: 1, publicKey: drawKeyPair().publicKey };
  let registerWh = 0;
  const step = (reading: IntervalReading): { encryption: number; signature: number } => {
    registerWh += reading.usageWh;
    const { time, usageWh } = reading;
    const started = performance.now();
    const sealed = sealUsage(DOMAIN, { hid, time }, epochKey, { usageWh, registerWh });
    const encrypted = performance.now();
    const report = signReport(DOMAIN, { meter: 1, time, epoch: epochKey.epoch, ...sealed }, sessionKey);
    const signed = performance.now();
    encodeReport(report);
    return { encryption: encrypted - started, signature: signed - encrypted };
  };
  for (const reading of readings.slice(0, WARM_UP)) step(reading);
  const timestamps = readings.map(() => {
    const started = performance.now();
    for (let i = 0; i < TIMESTAMPS; i++) timestampNow();
    return (performance.now() - started) / TIMESTAMPS;
  });
  const before = process.cpuUsage();
  const steps = readings.map(step);
  const { user, system } = process.cpuUsage(before);
  const timestamp = median(timestamps);
  const encryption = median(steps.map((one) => one.encryption));
  const signature = median(steps.map((one) => one.signature));
  return {
    name,
    reports: readings.length,
    timestamp,
    encryption,
    signature,
    total: timestamp + encryption + signature,
    cpu: (user + system) / 1_000 / readings.length,
  };
}

/** τ, the end of the interval that is over. */
function timestampNow(): number {
  return Math.floor(Date.now() / 1_000 / INTERVAL) * INTERVAL;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
