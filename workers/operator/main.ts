import { messageOf } from "../errors/messageOf.js";
import { runConfigured } from "./runConfigured.js";

/*
 * The worker as a program: `node main.js CONFIG`, where CONFIG is a JSON file (see config.ts). Logs go to standard
 * output, one JSON object a line. SIGINT and SIGTERM stop it; it exits with 0 then, with 1 if it cannot work and with
 * 2 if it was called wrongly.
 */
const [path, ...rest] = process.argv.slice(2);
if (path === undefined || rest.length > 0) {
  process.stderr.write("usage: node main.js CONFIG.json\n");
  process.exit(2);
}
try {
  await runConfigured(path);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
