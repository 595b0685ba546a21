import type { Compared } from "../bench/projection.js";

export function paperHeads({ projection }: Compared): string[] {
  return ["quantity", "paper", `here, ${projection.case}, ${projection.meters} meters`];
}

/** The figures of section 7 of paper 003 that its text still has, and ours for the largest case. */
export function paperRows({ projection, certificate }: Compared): string[][] {
  const { propose, store, products, freivalds, agree, measurement } = projection;
  const rest = propose.gas + store.gas + agree.gas;
  const restMs = propose.milliseconds + store.milliseconds + agree.milliseconds;
  const byProducts = rest + products.gas;
  const byFreivalds = rest + freivalds.gas;
  const storing = Math.round((100 * store.gas) / (store.gas + freivalds.gas));
  const certificateBytes = (6 * certificate.meters + 5 * certificate.buses) / certificate.meters;
  return [
    [
      "figure 6a: grid update with the product check",
      "over 25 s at the largest size",
      `${millions(byProducts)}, ${seconds(restMs + products.milliseconds)}`,
    ],
    [
      "figure 6a: grid update with Freivalds",
      "slightly over 12 s at the same size",
      `${millions(byFreivalds)}, ${seconds(restMs + freivalds.milliseconds)}`,
    ],
    [
      "ratio of the two",
      "about 2, dense products",
      `${(byProducts / byFreivalds).toFixed(1)}, sparse products`,
    ],
    ["ratio of the checks alone", "–", (products.gas / freivalds.gas).toFixed(1)],
    [
      "figure 6b: what dominates an update with Freivalds",
      "the transfer of both matrices",
      `the same: storing them is ${storing} % of storing and checking`,
    ],
    [
      "figure 7b: transaction of a grid update",
      "32 MB and 128 MB, one transaction",
      `${(store.bytes / 1e6).toFixed(2)} MB in ${store.transactions} transactions`,
    ],
    ["the same with the certificate", "–", `${millions(certificate.version)} in all`],
    [
      "transaction of a measurement",
      "686 bytes",
      `${projection.measurementTransactionBytes} bytes; with the certificate ${certificateBytes.toFixed(1)} a measurement`,
    ],
    [
      "figure 5b: measurements a second",
      "50.3 with one thread, 51.6 with several, with consensus",
      `${Math.floor(1000 / measurement.milliseconds)}, one thread, without network or consensus`,
    ],
  ];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function millions(gas: number): string {
  return `${(gas / 1e6).toFixed(1)} M gas`;
}
