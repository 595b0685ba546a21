import { existsSync, readdirSync } from "node:fs";
import { DevnetError } from "./errors.js";
import { layout } from "./layout.js";
import { readNetwork } from "./readNetwork.js";

/** What there may be in a network's folder besides its validators'. */
const FILES = [
  /^network\.json(?:\.new)?$/u,
  /^genesis\.json$/u,
  /^operators$/u,
  /^sockets$/u,
  /^keeper\.log$/u,
  /^recovery\.lock$/u,
  /^rescued\.json(?:\.new)?$/u,
];
const VALIDATOR = /^validator-\d+$/u;

/**
 * Checks that a folder is a network's and may be deleted as such: it has a network's description, or, where that is broken or
 * missing, validators' folders and nothing that is none of a network's.
 *
 * @throws DevnetError that says what else there is.
 */
export function checkNetworkFolder(folder: string): void {
  const { root } = layout(folder);
  try {
    readNetwork(folder);
  } catch (error) {
    if (!(error instanceof DevnetError) || !existsSync(root)) throw error;
    const names = readdirSync(root);
    if (!names.some((name) => VALIDATOR.test(name))) throw error;
    const foreign = names.filter((name) => ![VALIDATOR, ...FILES].some((known) => known.test(name)));
    if (foreign.length === 0) return;
    throw new DevnetError(
      `${error.message}; ${foreign.join(", ")} is none of a network's: delete it by hand`,
    );
  }
}
