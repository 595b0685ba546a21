import { existsSync } from "node:fs";
import { lastLines } from "./lastLines.js";

/** Lines of a log's end that are looked at: a crash writes what every part of the program was doing after its reason. */
const LOOKED_AT = 2_000;
const LONGEST = 300;

/** What geth writes when it cannot go on, most telling first. */
const FAILURES = [/^panic: /u, /^fatal error: /u, /^Fatal: /u, /^CRIT /u, /Low disk space/u];
const STARTED = /Starting Geth on |Starting peer-to-peer node/u;
const STOPPED = /Got interrupt, shutting down/u;

/**
 * Why a validator's node ended, from the end of its log, in one line.
 *
 * @returns undefined if it was never started.
 */
export function endReason(log: string): string | undefined {
  return existsSync(log) ? reasonIn(lastLines(log, LOOKED_AT)) : undefined;
}

/** As `endReason`, from the last lines of a log. */
export function reasonIn(lines: readonly string[]): string {
  const start = lines.findLastIndex((line) => STARTED.test(line));
  const run = lines.slice(start + 1);
  for (const failure of FAILURES) {
    const found = run.find((line) => failure.test(line));
    if (found !== undefined) return oneLine(found);
  }
  if (run.some((line) => STOPPED.test(line))) return "it was stopped";
  return "its log ends without a reason: it was killed, or could write no more";
}

/** Without the level and time that geth puts before, and the blanks. */
function oneLine(line: string): string {
  return line
    .replace(/^[A-Z]+ *\[[^\]]*\] */u, "")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .slice(0, LONGEST);
}
