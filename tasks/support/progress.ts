import type { Progress } from "../../workers/chain/gridVersions.js";

/** Progress of a long job on standard error: one line that grows on a terminal, one line a step elsewhere. */
export function progress(what: string): Progress {
  return (done, of, gasUsed) => {
    const line = `${what}: ${done} of ${of} (${gasUsed.toLocaleString("en-US")} gas)`;
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    else process.stderr.write(`\r\u001B[K${line}${done === of ? "\n" : ""}`);
  };
}
