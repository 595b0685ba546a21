import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { promisify } from "node:util";
import { messageOf } from "../errors/messageOf.js";
import { DevnetError } from "./errors.js";

const run = promisify(execFile);

/** The last release that seals Clique. */
export const GETH_RELEASE = "1.13.15";

/**
 * Builds geth from its published source, about a minute and a half.
 *
 * @param folder Where the program `geth` comes to lie.
 * @param flags Further flags of the build.
 * @throws DevnetError if it cannot be built.
 */
export async function buildGeth(folder: string, flags: readonly string[] = []): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const source = `github.com/ethereum/go-ethereum/cmd/geth@v${GETH_RELEASE}`;
  try {
    await run("go", ["install", ...flags, "-ldflags=-checklinkname=0", source], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" },
      maxBuffer: 64 * 2 ** 20,
    });
  } catch (error) {
    const last = messageOf(error).trim().split("\n").at(-1);
    throw new DevnetError(`geth ${GETH_RELEASE} could not be built: ${last}`);
  }
}
