import { fileURLToPath } from "node:url";
import { readGridFile } from "./readGridFile.js";
import type { GridCase } from "./types.js";

/** The cases that ship with the project. */
export const builtinCases = ["ieee14", "ieee118"] as const;

/** Name of a case that ships with the project. */
export type BuiltinCase = (typeof builtinCases)[number];

/** Reads a case that ships with the project, from `cases/` beside this file. */
export function builtinCase(name: BuiltinCase): GridCase {
  return readGridFile(fileURLToPath(new URL(`./cases/${name}.json`, import.meta.url)));
}
