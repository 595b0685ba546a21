import { writeFileSync } from "node:fs";
import { userPath } from "./userPath.js";

/**
 * Shows a result: as text on standard output, and as JSON in the file named with `--json`. With `--json -` only the
 * JSON goes to standard output. Integers beyond 2⁵³, such as credits, are decimal strings.
 *
 * @param write how the file is written: what a household uses is for its owner.
 */
export function report(json: string | undefined, data: unknown, text: string, write = writeOut): void {
  if (json === "-") {
    process.stdout.write(`${toJson(data)}\n`);
    return;
  }
  process.stdout.write(`${text}\n`);
  if (json !== undefined) write(userPath(json), `${toJson(data)}\n`);
}

function writeOut(path: string, text: string): void {
  writeFileSync(path, text);
}

function toJson(data: unknown): string {
  return JSON.stringify(
    data,
    (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
}
