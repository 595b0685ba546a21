import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildGeth, GETH_RELEASE } from "./buildGeth.js";
import { DevnetError } from "./errors.js";

const run = promisify(execFile);

/** The last series that seals Clique. */
const SERIES = "1.13.";
/** The oldest Go that builds it. */
export const LEAST_GO = 23;

/** Names the geth to use. */
const GETH_VARIABLE = "GRIDPROOF_GETH";

/**
 * The geth to run: what `GRIDPROOF_GETH` names, else the one on the path if it is a 1.13, else the one built before, else
 * one built from its published source where Go 1.23 or later is there (about a minute and a half, once).
 *
 * @param note Told that a build begins.
 * @throws DevnetError that names these ways if none leads to one.
 */
export async function findGeth(
  environment: Readonly<Record<string, string | undefined>>,
  note: (text: string) => void,
): Promise<string> {
  const named = environment[GETH_VARIABLE];
  if (named !== undefined && named !== "") {
    const version = await versionOf(named);
    if (version?.startsWith(SERIES) !== true) {
      const found = version === undefined ? "cannot be run" : `is ${version}`;
      throw new DevnetError(`${GETH_VARIABLE}=${named} ${found}; Clique needs geth ${SERIES}x`);
    }
    return named;
  }
  if ((await versionOf("geth"))?.startsWith(SERIES) === true) return "geth";
  const cache = join(gethCache(environment), `geth-${GETH_RELEASE}`);
  const built = join(cache, "geth");
  if (existsSync(built) && (await versionOf(built))?.startsWith(SERIES) === true) return built;
  if ((await goMinor()) < LEAST_GO) {
    throw new DevnetError(
      `no geth ${SERIES}x: name one with ${GETH_VARIABLE}, put it on the path, or install Go 1.${LEAST_GO} or later, with which it is built`,
    );
  }
  note(`building geth ${GETH_RELEASE} from source, once: about a minute and a half`);
  await buildGeth(cache);
  return built;
}

/** Where programs that were built are kept: in the user's cache. */
export function gethCache(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gridproof");
}

/** The version that a program says it is; undefined if it cannot be run. */
async function versionOf(geth: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(geth, ["version"]);
    return /^Version: (\d+\.\d+\.\d+)/mu.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** The y of Go 1.y; 0 if there is none. */
export async function goMinor(): Promise<number> {
  try {
    const { stdout } = await run("go", ["version"]);
    return Number(/go1\.(\d+)/u.exec(stdout)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
