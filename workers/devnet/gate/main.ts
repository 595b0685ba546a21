import { layout } from "../layout.js";
import { readNetwork } from "../readNetwork.js";
import { runGate } from "./gate.js";

/** The gates of a network: `main.ts FOLDER`. Runs until it is told to stop. */
const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: main.ts FOLDER");
const at = layout(folder);
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
await Promise.all(
  readNetwork(folder).validators.map((validator) =>
    runGate(
      { host: validator.host, port: validator.rpcPort, socket: at.validator(validator.number).socket },
      stop.signal,
    ),
  ),
);
