import { pino, type Logger } from "pino";
import { messageOf } from "../errors/messageOf.js";

/**
 * Runs a program of one configuration file until SIGINT or SIGTERM: `node main.js CONFIG`. Logs go to standard output, one JSON
 * object a line. It exits with 0 when it was stopped, with 1 if it cannot work, and with 2 if it was called wrongly.
 */
export async function runProgram(
  run: (
    configFile: string,
    parts: { logger: (level: string) => Logger; signal: AbortSignal },
  ) => Promise<void>,
): Promise<void> {
  const [file, ...rest] = process.argv.slice(2);
  if (file === undefined || rest.length > 0) {
    process.stderr.write("usage: node main.js CONFIG.json\n");
    process.exitCode = 2;
    return;
  }
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  try {
    await run(file, { logger: (level) => pino({ level, base: null }), signal: stop.signal });
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
