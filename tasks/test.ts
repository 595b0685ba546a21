import { spawn } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { staleTypes } from "./support/staleTypes.js";

/**
 * The project's test command: every check that a change must pass, in the order in which it fails soonest. Prints what
 * the tools print, and ends with the counts of passed and failed tests; a check that fails counts as one failed test.
 */
interface Outcome {
  readonly status: number;
  readonly output: string;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["build", "hardhat", "build", "--force"],
  ["type check", "tsc", "--noEmit"],
  ["lint of TypeScript", "oxlint", "--type-aware", "--deny-warnings"],
  ["lint of Solidity", "solhint", "--max-warnings", "0", "contracts/**/*.sol"],
  ["format", "prettier", "--check", "--log-level", "warn", "."],
];

/** Tests that need no chain. They run by themselves: the matchers that come with a chain take whole numbers alone. */
const withoutChain = globSync([
  "test/docs/**/*.test.ts",
  "test/workers/{crypto,demo,estimation,grid,incentives,measurement,report,store}/**/*.test.ts",
]);
/** Last, since they take longest. Their network is of geth, and needs nothing of Hardhat. */
const faults = globSync("test/faults/**/*.test.ts");
const onChain = globSync("test/**/*.test.ts").filter((file) => ![...withoutChain, ...faults].includes(file));

const suites: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["Solidity tests: fuzz and invariants", "hardhat", "test", "solidity", "--no-compile"],
  ["tests without a chain", "mocha", "--import=tsx", "--timeout=120000", ...withoutChain.sort()],
  [
    "tests on the embedded network, gas snapshots among them",
    "hardhat",
    "test",
    "mocha",
    "--no-compile",
    ...onChain.sort(),
  ],
  ["faults on a network of geth", "mocha", "--import=tsx", ...faults.sort()],
];

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

// Generated types are made anew from nothing, so that a file that no contract asks for any more shows as deleted.
rmSync("typechain-types", { recursive: true, force: true });
for (const [name, command, ...args] of checks) {
  const { status } = await run(name, command, args);
  if (status !== 0) fail(`${name} failed`);
}
const stale = await staleTypes();
if (stale.length > 0) fail(`typechain-types/ is stale: run ./gridproof build --force (${stale.join(", ")})`);

for (const [name, command, ...args] of suites) {
  const { status, output } = await run(name, command, args);
  const found = countTests(output);
  counts.passed += found.passed;
  counts.failed += found.failed;
  counts.skipped += found.skipped;
  if (found.passed + found.failed + found.skipped === 0) fail(`${name}: no test ran`);
  else if (status !== 0 && found.failed === 0) fail(`${name} failed`);
}

const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function fail(reason: string): void {
  console.error(`\n✗ ${reason}`);
  counts.failed++;
}

async function run(name: string, command: string, args: readonly string[]): Promise<Outcome> {
  console.log(`\n▸ ${name}`);
  const started = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
    process.stdout.write(data);
  });
  child.stderr.on("data", (data: Buffer) => process.stderr.write(data));
  const status = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
  console.log(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return { status, output };
}

/** What the runners say at the end: `N passing`, `N failing`, `N pending`. */
function countTests(output: string): Counts {
  const last = (word: string): number => {
    const found = [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, "gmu"))].at(-1);
    return found === undefined ? 0 : Number(found[1]);
  };
  return { passed: last("passing"), failed: last("failing"), skipped: last("pending") };
}
