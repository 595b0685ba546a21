import { existsSync, watchFile } from "node:fs";
import { join } from "node:path";
import { layout } from "../layout.js";
import { readNetwork } from "../readNetwork.js";
import { runGate } from "./gate.js";

/**
 * The gates of a network, or of one of its validators: `main.ts FOLDER [NUMBER]`. They come and go with the validators. Runs
 * until it is told to stop.
 */
const [folder, only] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: main.ts FOLDER [NUMBER]");
const LOOK_MILLISECONDS = 200;
const at = layout(folder);
const gates = new Map<number, AbortController>();

/** Opens gates for validators that joined, closes those of validators that left. */
function follow(): void {
  const validators = readNetwork(folder!).validators.filter(
    ({ number }) => only === undefined || number === Number(only),
  );
  for (const [number, gate] of gates) {
    if (validators.some((validator) => validator.number === number)) continue;
    gate.abort();
    gates.delete(number);
  }
  for (const { number, name, rpcPort } of validators) {
    if (gates.has(number)) continue;
    const gate = new AbortController();
    gates.set(number, gate);
    void runGate({ host: "127.0.0.1", port: rpcPort, socket: socketOf(number, name) }, gate.signal);
  }
}

/** A node in a folder that was carried here (devnet export) has its socket there, as its unit says. */
function socketOf(number: number, name: string): string {
  return existsSync(join(at.root, `${name}.service`))
    ? join(at.root, name, `${number}.ipc`)
    : at.validator(number).socket;
}

follow();
watchFile(at.network, { interval: LOOK_MILLISECONDS }, follow);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
