import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { layout } from "../../../workers/devnet/layout.js";
import { processesOf } from "../../../workers/devnet/processes.js";
import { runningOf } from "../../../workers/devnet/running.js";
import type { Network } from "../../../workers/devnet/types.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

describe("what runs of a network", () => {
  const folder = join(temporaryFolder(), "net");
  const at = layout(folder);
  const { data } = at.validator(1);
  const network = { validators: [{ number: 1 }] } as unknown as Network;

  /** Runs a process that has these words as its arguments, while something is looked at. */
  const beside = async (words: readonly string[], look: (pid: number) => Promise<void>): Promise<void> => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "--", ...words]);
    try {
      await eventually("the process", async () =>
        (await processesOf([at.root, data])).some(({ pid }) => pid === child.pid),
      );
      await look(child.pid!);
    } finally {
      child.kill("SIGKILL");
    }
  };

  it("leaves alone whoever only names the folder: devnet down would end the script that called it", async () => {
    for (const words of [
      ["--dir", at.root],
      ["tar", data],
    ])
      await beside(words, async () => {
        expect(await runningOf(folder, network)).to.deep.equal({
          validators: new Map(),
          keeper: undefined,
          all: [],
        });
      });
  });

  it("finds nodes and the keeper, whoever started them", async () => {
    await beside(["--datadir", data, "--x"], async (pid) => {
      const { validators, all } = await runningOf(folder, network);
      expect([...validators]).to.deep.equal([[1, pid]]);
      expect(all).to.deep.equal([pid]);
    });
    await beside(["keeper/main.ts", at.root], async (pid) => {
      expect(await runningOf(folder, network)).to.include({ keeper: pid });
    });
  });
});
