import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The text of a file, by its path from the root of the project. */
export function readDoc(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The part of a document under the heading `## heading`, up to the next heading of that level. */
export function section(text: string, heading: string): string {
  const parts = text.split(/^## /mu).filter((part) => part.split("\n", 1)[0] === heading);
  if (parts.length !== 1) throw new Error(`expected one section "${heading}", found ${parts.length}`);
  return parts[0]!;
}

/** The code in the first cell of each table row, such as `Name(a, b)` of "| `Name(a, b)` | …". */
export function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)`/gmu)].map((match) => match[1]!);
}
