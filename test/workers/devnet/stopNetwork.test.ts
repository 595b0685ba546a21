import { spawn } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { DevnetError } from "../../../workers/devnet/errors.js";
import { layout } from "../../../workers/devnet/layout.js";
import { isAlive } from "../../../workers/devnet/processes.js";
import { runningIn } from "../../../workers/devnet/running.js";
import { deleteNetwork, stopNetwork } from "../../../workers/devnet/stopNetwork.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

describe("stopping what runs in a folder", () => {
  const started: number[] = [];
  afterEach(() => {
    for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  const run = (...words: readonly string[]): number => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)", "--", ...words]);
    started.push(child.pid!);
    return child.pid!;
  };
  /** A folder with a broken description, in which a node and a keeper seem to run, and what only names it. */
  const broken = async (): Promise<{ folder: string; node: number; keeper: number; other: number }> => {
    const folder = join(temporaryFolder(), "net");
    const at = layout(folder);
    mkdirSync(at.validator(7).data, { recursive: true });
    writeFileSync(at.network, "{ broken");
    const node = run("--datadir", at.validator(7).data, "--x");
    const keeper = run("keeper/main.ts", at.root);
    const other = run("--datadir", `${at.validator(7).data}.copy`, "--dir", at.root);
    await eventually("they run", async () => (await runningIn(folder)).all.length === 2);
    return { folder, node, keeper, other };
  };

  it("needs no description of the network, and leaves others alone", async () => {
    const { folder, node, keeper, other } = await broken();
    expect(await stopNetwork(folder)).to.equal(2);
    expect([node, keeper, other].map(isAlive)).to.deep.equal([false, false, true]);
    expect(await stopNetwork(folder)).to.equal(0);
  });

  it("finds them through a link to the folder, and deletes both", async () => {
    const { folder } = await broken();
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    expect((await runningIn(link)).all).to.have.length(2);
    // Whether it exists yet or not.
    expect(layout(join(link, "new")).root).to.equal(join(layout(folder).root, "new"));
    await deleteNetwork(link);
    expect((await runningIn(folder)).all).to.deep.equal([]);
    expect([folder, link].map((one) => existsSync(one))).to.deep.equal([false, false]);
  });

  it("deletes a folder without a readable description only if all in it is a network's", async () => {
    const folder = join(temporaryFolder(), "net");
    for (const names of [["notes.txt"], ["network.json", "notes.txt"], ["validator-1", "notes.txt"]]) {
      for (const name of names) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, name), "mine");
      }
      const error: unknown = await deleteNetwork(folder).catch((caught: unknown) => caught);
      expect(error, names.join()).to.be.instanceOf(DevnetError);
      expect(existsSync(join(folder, "notes.txt"))).to.equal(true);
    }
  });
});
