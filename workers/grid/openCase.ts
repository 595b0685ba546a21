import { type BuiltinCase, builtinCase, builtinCases } from "./builtinCase.js";
import { readGridFile } from "./readGridFile.js";
import type { GridCase } from "./types.js";

/**
 * A case by what a user calls it: the name of one that ships with the project, or a path.
 *
 * @param pathOf The path as the user means it, if it is one.
 * @throws GridFileError when the file is missing or broken.
 */
export function openCase(nameOrPath: string, pathOf: (path: string) => string): GridCase {
  return isBuiltin(nameOrPath) ? builtinCase(nameOrPath) : readGridFile(pathOf(nameOrPath));
}

function isBuiltin(name: string): name is BuiltinCase {
  return (builtinCases as readonly string[]).includes(name);
}
