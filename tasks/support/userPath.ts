import { resolve } from "node:path";

/**
 * A path as the user means it: relative to where the user stood, which the wrapper `gridproof` keeps in GRIDPROOF_CWD
 * because it runs at the root of the project.
 */
export function userPath(path: string): string {
  return resolve(process.env["GRIDPROOF_CWD"] ?? process.cwd(), path);
}
