import { execFileSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { ROOT, runScript } from "./runScript.js";

const scripts = globSync("scripts/*.sh", { cwd: ROOT }).sort();
const runBooks = scripts.map((script) => basename(script)).filter((name) => name !== "lib.sh");

describe("the run-books", () => {
  for (const name of runBooks) {
    it(`${name} says what the job is, who does it, what it needs, what it checks`, async () => {
      const { status, stdout } = await runScript(name, ["--help"]);
      expect(status).to.equal(0);
      for (const part of [
        /^[A-Z][^.\n]+\n\n/u,
        /^Who: /mu,
        /^Needs: /mu,
        /^Checks: /mu,
        /^ {2}--dir FOLDER /mu,
      ])
        expect(stdout).to.match(part);
      expect(statSync(join(ROOT, "scripts", name)).mode & 0o111).to.equal(0o111);
    });

    it(`${name} stands in the table of the run-books`, () => {
      expect(readFileSync(join(ROOT, "docs", "run-books.md"), "utf8")).to.include(`| \`scripts/${name}\``);
    });
  }

  it("are plain POSIX shell, and stop at the first command that fails", () => {
    for (const script of scripts) {
      const text = readFileSync(join(ROOT, script), "utf8");
      execFileSync("sh", ["-n", join(ROOT, script)]);
      expect(text, script).to.not.match(/\[\[|\blocal |^function |<<<|&>|\bsource |=\(|\$'|\bpipefail\b/mu);
      if (script.endsWith("/lib.sh")) continue;
      expect(text, script)
        .to.match(/^#!\/bin\/sh\n/u)
        .and.match(/^set -eu$/mu)
        .and.match(/^begin "\$@"$/mu);
    }
  });

  it("number their steps, under their own name where another calls them", async () => {
    const nothing = { GRIDPROOF: "false" };
    const args = ["--dir", "nowhere"];
    const alone = await runScript("form-consortium.sh", args, nothing);
    expect(alone.stdout).to.include("\n== 1. Start 4");
    const called = await runScript("form-consortium.sh", args, { ...nothing, GRIDPROOF_RUN_BOOK: "add.sh" });
    expect(called.stdout).to.include("\n== form-consortium 1. Start 4");
    expect(called.stderr).to.include("in step 1: Start 4");
  });

  it("refuse an option that is none", async () => {
    for (const name of runBooks) {
      const { status, stderr } = await runScript(name, ["--nonsense", "3"]);
      expect(status).to.equal(1);
      expect(stderr).to.equal(`${name}: there is no option --nonsense; see --help\n`);
    }
  });
});
