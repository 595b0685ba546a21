import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildGeth, GETH_RELEASE } from "../../../workers/devnet/buildGeth.js";
import { gethCache, goMinor, LEAST_GO } from "../../../workers/devnet/findGeth.js";

const run = promisify(execFile);

/** Names the file that a shifted geth reads its clock's offset from. */
export const OFFSET_VARIABLE = "GRIDPROOF_CLOCK_OFFSET";

/** What is added to Go's package `time`: seconds from a file that is mapped into memory, so that they can change while it runs. */
const OFFSET_GO = `package time

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

var clockOffset = mapClockOffset()

func mapClockOffset() *int64 {
	path, named := syscall.Getenv("${OFFSET_VARIABLE}")
	if !named {
		return new(int64)
	}
	file, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		panic("cannot open " + path + ": " + err.Error())
	}
	data, err := syscall.Mmap(file, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic("cannot map " + path + ": " + err.Error())
	}
	syscall.Close(file)
	return (*int64)(unsafe.Pointer(&data[0]))
}

func clockOffsetSeconds() int64 { return atomic.LoadInt64(clockOffset) }
`;

/** Where `time.Now` asks the runtime. */
const NOW = /(func Now\(\) Time \{[^}]*?\tsec, nsec, mono := \w+\(\)\n)/u;

/**
 * A geth whose clock can be set off by whole seconds while it runs (see `shiftClock`): Go asks the kernel by itself, so that
 * what shifts other programs' clocks does not reach it. Built with an altered `time.Now`, once, and kept in the user's cache.
 *
 * @returns undefined, with a line that says so, where there is no Go to build it with.
 */
export async function shiftedGeth(say: (text: string) => void): Promise<string | undefined> {
  if ((await goMinor()) < LEAST_GO) {
    say(`skipped: no Go 1.${LEAST_GO} or later to build a geth whose clock can be set off`);
    return undefined;
  }
  const { stdout } = await run("go", ["env", "GOROOT", "GOVERSION"]);
  const [root, version] = stdout.trim().split("\n") as [string, string];
  const folder = join(gethCache(process.env), `geth-${GETH_RELEASE}-shifted-${version}`);
  const built = join(folder, "geth");
  if (existsSync(built)) return built;
  say("building a geth whose clock can be set off, once: about a minute and a half");
  mkdirSync(folder, { recursive: true });
  const time = join(root, "src", "time");
  const original = readFileSync(join(time, "time.go"), "utf8");
  if (!NOW.test(original)) throw new Error(`${time}/time.go: time.Now is not as expected`);
  const altered = join(folder, "time.go.txt");
  const added = join(folder, "offset.go.txt");
  writeFileSync(altered, original.replace(NOW, "$1\tsec += clockOffsetSeconds()\n"));
  writeFileSync(added, OFFSET_GO);
  const overlay = join(folder, "overlay.json");
  const replace = { [join(time, "time.go")]: altered, [join(time, "offset.go")]: added };
  writeFileSync(overlay, JSON.stringify({ Replace: replace }));
  await buildGeth(folder, ["-overlay", overlay]);
  return built;
}

/** Sets the clock of what runs with this offset file so many seconds ahead, or behind if negative. */
export function shiftClock(offsetFile: string, seconds: number): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(seconds));
  // In place: the file is mapped.
  writeFileSync(offsetFile, bytes, { flag: existsSync(offsetFile) ? "r+" : "w", mode: 0o600 });
}
