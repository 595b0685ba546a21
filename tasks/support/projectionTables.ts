import { grouped } from "../../workers/report/number.js";
import type { Compared } from "../bench/projection.js";

/** Proving: what brings a model into force, by part. */
export const provingHeads = [
  "case",
  "meters",
  "propose",
  "store A, P",
  "product check",
  "Freivalds",
  "agree",
  "all, products",
  "all, Freivalds",
  "certificate",
  "Freivalds / certificate",
];

export function provingRow({ projection, certificate }: Compared): string[] {
  const { propose, store, products, freivalds, agree, meters } = projection;
  const rest = propose.gas + store.gas + agree.gas;
  const figures = [propose.gas, store.gas, products.gas, freivalds.gas, agree.gas];
  const all = [rest + products.gas, rest + freivalds.gas, certificate.version];
  return [
    projection.case,
    ...[meters, ...figures, ...all].map(grouped),
    ((rest + freivalds.gas) / certificate.version).toFixed(1),
  ];
}

/** Settling: a slot with all its values. */
export const settlingHeads = [
  "case",
  "meters",
  "a measurement",
  "finalise",
  "with alarm",
  "slot as printed",
  "per meter",
  "certificate: slot",
  "per meter",
  "printed / certificate",
];

export function settlingRow({ projection, certificate }: Compared): string[] {
  const { measurement, finalise, finaliseAlarm, meters } = projection;
  const slot = measurement.gas * meters + finalise.gas;
  const own = certificate.upload + certificate.settle;
  return [
    projection.case,
    ...[
      meters,
      measurement.gas,
      finalise.gas,
      finaliseAlarm.gas,
      slot,
      Math.round(slot / meters),
      own,
      Math.round(own / meters),
    ].map(grouped),
    (slot / own).toFixed(1),
  ];
}

/** Transfer and compute: bytes and transactions of each part. */
export const transferHeads = [
  "case",
  "meters",
  "A and P",
  "transactions",
  "product check: transactions",
  "Freivalds: transactions",
  "values of a slot as printed",
  "certificate: values and angles of a slot",
];

export function transferRow({ projection, certificate }: Compared): string[] {
  const { store, products, freivalds, measurementTransactionBytes, meters } = projection;
  return [
    projection.case,
    ...[
      meters,
      store.bytes,
      store.transactions,
      products.transactions,
      freivalds.transactions,
      measurementTransactionBytes * meters,
      // Values twice, when uploaded and when settled; angles once.
      6 * certificate.meters + 5 * certificate.buses,
    ].map(grouped),
  ];
}

/** Time on the machine that ran it. */
export const timeHeads = [
  "case",
  "meters",
  "A and P, ms",
  "store, ms",
  "product check, ms",
  "Freivalds, ms",
  "a measurement, ms",
  "finalise, ms",
];

export function timeRow({ projection }: Compared): string[] {
  const { computeMilliseconds, store, products, freivalds, measurement, finalise, meters } = projection;
  const times = [
    computeMilliseconds,
    store.milliseconds,
    products.milliseconds,
    freivalds.milliseconds,
    measurement.milliseconds,
    finalise.milliseconds,
  ];
  return [
    projection.case,
    grouped(meters),
    ...times.map((ms) => (ms < 10 ? ms.toFixed(1) : grouped(Math.round(ms)))),
  ];
}
