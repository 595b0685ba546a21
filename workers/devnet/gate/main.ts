import { layout } from "../layout.js";
import { readNetwork } from "../readNetwork.js";
import { runGate } from "./gate.js";

/** The gates of a network, or of one of its validators: `main.ts FOLDER [NUMBER]`. Runs until it is told to stop. */
const [folder, number] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: main.ts FOLDER [NUMBER]");
const at = layout(folder);
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
await Promise.all(
  readNetwork(folder)
    .validators.filter((validator) => number === undefined || validator.number === Number(number))
    .map((validator) =>
      runGate(
        { host: "127.0.0.1", port: validator.rpcPort, socket: at.validator(validator.number).socket },
        stop.signal,
      ),
    ),
);
