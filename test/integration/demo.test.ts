import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { DemoFigures } from "../../workers/demo/demoFigures.js";
import { sharedPath } from "../support/shared.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const hardhat = join(createRequire(import.meta.url).resolve("hardhat/package.json"), "../dist/src/cli.js");

/**
 * Runs `demo` as the wrapper does: at the root, with the folder where the user stood in the environment. The generated
 * types are left alone, because others read them meanwhile.
 */
async function demo(stoodIn: string, ...args: string[]) {
  const child = spawn(process.execPath, [hardhat, "--no-typechain", "demo", ...args], {
    cwd: root,
    env: { ...process.env, GRIDPROOF_CWD: stoodIn, HARDHAT_DISABLE_TELEMETRY: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => void child.on("close", resolve));
  return { status, out, err };
}

const readJson = (file: string): DemoFigures => JSON.parse(readFileSync(file, "utf8")) as DemoFigures;

describe("demo", () => {
  const folder = temporaryFolder();

  it("shows IEEE 118 by default, and writes figures and report where the user stood", async () => {
    const { status, out, err } = await demo(folder, "--json", "demo.json", "--report", "demo.html");
    expect(status, out + err).to.equal(0);
    const figures = readJson(join(folder, "demo.json"));
    expect(figures).to.include({ case: "ieee118", buses: 118, lines: 186, meters: 304, states: 117 });
    expect(figures).to.have.all.keys(
      "case",
      "buses",
      "lines",
      "meters",
      "states",
      "operators",
      "depositTotal",
      "creditTotal",
      "slots",
    );
    expect(figures.creditTotal).to.equal(figures.depositTotal);
    expect(figures.operators.reduce((sum, { credits }) => sum + Number(credits), 0)).to.equal(
      figures.creditTotal,
    );
    expect(figures.slots).to.have.length(8);
    const alarms = figures.slots.filter(({ objective, threshold }) => objective! > threshold!);
    expect(alarms, "only the falsified slot raises the alarm").to.have.length(1);
    expect(figures.slots.filter(({ missing }) => missing === 2)).to.have.length(1);
    const refused = figures.slots.flatMap((slot) => slot.refused);
    expect(refused).to.have.length(1);
    expect(refused[0]).to.match(
      /^SlotLedgerOverStated\(slot = \d+, overStatementQ64 = \d+, allowedQ64 = \d+\)$/,
    );

    const suspect = alarms[0]!.suspects[0]!.meter;
    expect(out).to.contain(`✔ the largest normalised residual is that of ${suspect}`);
    expect(out).not.to.contain("✘");
    expect(out.trimEnd().split("\n").at(-1)).to.equal(
      `Written: ${join(folder, "demo.html")}, ${join(folder, "demo.json")}`,
    );
    const report = readFileSync(join(folder, "demo.html"), "utf8");
    expect(report.match(/<svg /g)).to.have.length(5);
    expect(report).to.contain(suspect);
  });

  it("says what was left out with few slots", async () => {
    const { status, out } = await demo(folder, "--slots", "1", "--operators", "2", "--report", "one.html");
    expect(status, out).to.equal(0);
    expect(out).to.contain("One slot leaves no room for the silent operator and the wrong estimate");
    expect(existsSync(join(folder, "one.html"))).to.be.true;
  });

  for (const [args, says] of [
    [["--slots", "0"], "--slots: expected a whole number from 1"],
    [["--operators", "1"], "--operators: expected a whole number from 2"],
    [["--case", "nowhere.m"], "nowhere.m"],
  ] as const) {
    it(`refuses ${args.join(" ")} in one line, with status 1`, async () => {
      const { status, out, err } = await demo(folder, ...args, "--report", "refused.html");
      expect(status).to.equal(1);
      expect((out + err).trim().split("\n")).to.have.length(1);
      expect(out + err).to.contain(says);
      expect(existsSync(join(folder, "refused.html"))).to.be.false;
    });
  }

  it("imports, proves and settles every shared case", async function () {
    const cases = sharedPath("cases");
    if (cases === undefined) {
      console.log("      skipped: ../shared/cases is absent");
      this.skip();
    }
    this.timeout(600_000);
    const files = readdirSync(cases).filter((file) => file.endsWith(".m"));
    expect(files).not.to.be.empty;
    for (const file of files) {
      const args = [
        "--case",
        join(cases, file),
        "--slots",
        "3",
        "--json",
        "case.json",
        "--report",
        "case.html",
      ];
      const { status, out, err } = await demo(folder, ...args);
      expect(status, `${file}\n${out}${err}`).to.equal(0);
      const { slots, depositTotal, creditTotal } = readJson(join(folder, "case.json"));
      expect(creditTotal).to.equal(depositTotal);
      for (const { gas } of slots) expect(gas.settle).to.be.within(50_000, 16_700_000);
    }
  });
});
