import { renameSync, writeFileSync } from "node:fs";
import { layout } from "./layout.js";
import type { Network } from "./types.js";

/** Writes down what a network is, whole or not at all. */
export function writeNetwork(folder: string, network: Network): void {
  const { network: file } = layout(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(network, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}
