import { pino } from "pino";
import { messageOf } from "../../errors/messageOf.js";
import { runKeeper } from "./runKeeper.js";

/*
 * The keeper of a network as a program: `main.ts FOLDER [NUMBER]`; with a number, it opens the gate of that validator alone.
 * Logs go to standard output, one JSON object a line. SIGINT and SIGTERM stop it.
 */
const [folder, only, ...rest] = process.argv.slice(2);
const number = only === undefined ? undefined : Number(only);
if (folder === undefined || rest.length > 0 || (number !== undefined && !Number.isInteger(number))) {
  process.stderr.write("usage: main.ts FOLDER [NUMBER]\n");
  process.exit(2);
}
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
try {
  await runKeeper(folder, pino({ base: null }), stop.signal, number);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
