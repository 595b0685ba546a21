import { expect } from "chai";
import { before, describe, it } from "mocha";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import type { DevnetBench } from "../../bench/devnet/devnetBench.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runTask } from "./runTask.js";

describe("bench devnet, small", function suite() {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const meters = 60;
  const slots = 3;

  before(async function setUp() {
    if ((await openGeth()) === undefined) this.skip();
  });

  it("has all operators' values in one block, settles each slot in one, and loses no transaction", async () => {
    const [json, markdown] = [join(folder, "bench.json"), join(folder, "bench.md")];
    const { error } = await runTask("bench devnet", { meters, slots, seconds: 5, rounds: 1, json, markdown });
    expect(error).to.equal(undefined);
    const found = JSON.parse(readFileSync(json, "utf8")) as DevnetBench;
    expect(found.meters).to.equal(meters);
    expect(found.slots).to.have.length(slots);
    for (const [i, { slot, uploads, uploadBlocks, settlement, confirmations }] of found.slots.entries()) {
      expect(slot).to.equal(found.slots[0]!.slot + i);
      expect(uploads.map(({ operator }) => operator)).to.deep.equal([1, 2, 3, 4].map((n) => `Operator ${n}`));
      expect(settlement.block).to.be.greaterThan(uploadBlocks.at(-1)! + found.confirmationDepth);
      expect(confirmations).to.be.at.least(found.confirmationDepth);
    }
    // On a machine that is busy a batch can miss the block of the others; not in every slot.
    expect(found.slots.some(({ uploadBlocks }) => uploadBlocks.length === 1)).to.equal(true);
    expect(found.load.map(({ way }) => way)).to.deep.equal(["gate", "engine", "sender"]);
    for (const { transactions, blocks } of found.load) {
      expect(transactions).to.be.greaterThan(0);
      expect(blocks).to.be.greaterThan(0);
    }
    expect(found.load.map(({ cpu }) => cpu.senders > 0)).to.deep.equal([false, false, true]);
    expect(found.gatesShareOfCpu).to.be.at.least(0).and.below(1);
    for (const { p50, p95, p99 } of Object.values(found.latency)) {
      expect(p50).to.be.greaterThan(0);
      expect(p95).to.be.at.least(p50);
      expect(p99).to.be.at.least(p95);
    }
    const page = readFileSync(markdown, "utf8");
    for (const words of ["60,000,000 gas", "60 meters", "a block every 1 s"]) expect(page).to.include(words);
  });
});
