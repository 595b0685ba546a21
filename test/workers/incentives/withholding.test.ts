import { expect } from "chai";
import { describe, it } from "mocha";
import { bftRun } from "../../../workers/incentives/bftRun.js";
import { cliqueRun } from "../../../workers/incentives/cliqueRun.js";
import { withholding } from "../../../workers/incentives/withholding.js";

/**
 * Clique's rule and nothing else: who sealed one of the last ⌊N/2⌋ blocks may not seal the next. Signers 0 .. c-1 are
 * the coalition. The longest run of its blocks from any reachable history, Infinity if it can go on for ever.
 */
function longestRun(signers: number, coalition: number): number {
  const recent = Math.floor(signers / 2);
  const allowed = (history: string): number[] => {
    const blocked = new Set(history === "" ? [] : history.split(",").map(Number));
    return Array.from({ length: signers }, (_, signer) => signer).filter((signer) => !blocked.has(signer));
  };
  const after = (history: string, signer: number): string =>
    [...(history === "" ? [] : history.split(",")), String(signer)].slice(-recent).join(",");
  const reachable = new Set([""]);
  const queue = [""];
  for (let history = queue.pop(); history !== undefined; history = queue.pop())
    for (const signer of allowed(history)) {
      const next = after(history, signer);
      if (!reachable.has(next)) queue.push(next);
      reachable.add(next);
    }
  const longest = new Map<string, number>();
  const run = (history: string, path: Set<string>): number => {
    const known = longest.get(history);
    if (known !== undefined) return known;
    if (path.has(history)) return Infinity;
    path.add(history);
    let best = 0;
    for (const signer of allowed(history)) {
      if (signer >= coalition) continue;
      best = Math.max(best, 1 + run(after(history, signer), path));
      if (best === Infinity) break;
    }
    path.delete(history);
    longest.set(history, best);
    return best;
  };
  return Math.max(...[...reachable].map((history) => run(history, new Set())));
}

/** Whether signers who are there can go on for ever by Clique's rule alone. */
function goesOn(signers: number, there: number): boolean {
  const limit = Math.floor(signers / 2) + 1;
  let last: number[] = [];
  for (let block = 0; block < 4 * signers; block++) {
    const next = Array.from({ length: there }, (_, signer) => signer).find(
      (signer) => !last.includes(signer),
    );
    if (next === undefined) return false;
    last = [...last, next].slice(-(limit - 1));
    if (limit === 1) last = [];
  }
  return true;
}

/** The longest run of a coalition's leaders in turn over all ways in which it may sit among N. */
function longestTurn(validators: number, coalition: number): number {
  let longest = 0;
  for (let seats = 0; seats < 1 << validators; seats++) {
    const member = (i: number): boolean => ((seats >> (i % validators)) & 1) === 1;
    const size = Array.from({ length: validators }, (_, i) => member(i)).filter(Boolean).length;
    if (size !== coalition || coalition === validators) continue;
    for (let start = 0; start < validators; start++) {
      let run = 0;
      while (member(start + run)) run++;
      longest = Math.max(longest, run);
    }
  }
  return longest;
}

describe("blocks that a coalition can withhold (paper 003, Appendix E)", () => {
  it("Clique: as many as an exhaustive search over its rule finds, for up to seven signers", () => {
    for (let signers = 1; signers <= 7; signers++)
      for (let coalition = 0; coalition < signers; coalition++)
        expect(cliqueRun(signers, coalition).blocks ?? Infinity, `${coalition} of ${signers}`).to.equal(
          longestRun(signers, coalition),
        );
  });

  it("Clique: without the coalition the chain goes on exactly if it does not stall", () => {
    for (let signers = 1; signers <= 12; signers++)
      for (let coalition = 0; coalition < signers; coalition++)
        for (let offline = 0; offline + coalition <= signers; offline++)
          expect(!cliqueRun(signers, coalition, offline).stalls).to.equal(
            goesOn(signers, signers - coalition - offline),
          );
  });

  it("BFT: at most its own turns in a row, below a third; beyond, no bound", () => {
    for (let validators = 1; validators <= 10; validators++) {
      for (let coalition = 0; coalition < validators; coalition++) {
        const { blocks } = bftRun(validators, coalition);
        if (3 * coalition < validators) expect(blocks).to.equal(longestTurn(validators, coalition));
        else expect(blocks).to.equal(undefined);
      }
    }
  });

  it("BFT: the paper's example of one adversary and one that is offline", () => {
    expect(bftRun(4, 1).blocks).to.equal(1);
    expect(bftRun(4, 1, 1).blocks).to.equal(undefined);
    expect(bftRun(7, 2, 0).blocks).to.equal(2);
    expect(bftRun(7, 1, 1).blocks).to.equal(1);
  });
});

describe("the cut-off T that follows", () => {
  const input = {
    validators: 7,
    offline: 0,
    blockSeconds: 5,
    roundSeconds: 10,
    slotSeconds: 60,
    cutOffSlots: 1,
    uploadSeconds: 10,
  };

  it("gives an honest block the time, and not more slots than that takes", () => {
    const { clique, bft } = withholding(input);
    // Three sealed by the coalition, one under way, the honest one; its signer waits up to 4 · 0.5 s.
    expect(clique.coalitions[3]).to.deep.include({ blocks: 3, seconds: 10 + 5 * 5 + 2, cutOffSlots: 1 });
    // Two turns that time out cost more than two blocks: 10 · (2² - 1).
    expect(bft.coalitions[2]).to.deep.include({ blocks: 2, seconds: 10 + 30 + 10, cutOffSlots: 1 });
    for (const { coalitions } of [clique, bft])
      for (const { seconds, cutOffSlots } of coalitions) {
        if (seconds === null || cutOffSlots === null) continue;
        expect(cutOffSlots * input.slotSeconds).to.be.above(seconds);
        expect((cutOffSlots - 1) * input.slotSeconds).to.be.at.most(seconds);
      }
    expect([clique.mostBounded, bft.mostBounded]).to.deep.equal([3, 2]);
    expect([clique.mostDefeated, bft.mostDefeated]).to.deep.equal([3, 2]);
  });

  it("counts slots strictly: a value at the cut-off is late", () => {
    const { clique } = withholding({ ...input, validators: 1, uploadSeconds: 49.5 });
    expect(clique.coalitions[0]).to.deep.include({ seconds: 60, cutOffSlots: 2, defeated: false });
    expect(clique.mostDefeated).to.equal(-1);
  });

  it("has none where half of an even number of Clique signers can stop the chain, though its runs are bounded", () => {
    const { clique } = withholding({ ...input, validators: 4 });
    expect(clique.coalitions[2]).to.deep.equal({
      coalition: 2,
      blocks: 2,
      seconds: null,
      cutOffSlots: null,
      defeated: false,
    });
    expect(clique.coalitions[3]!.blocks).to.equal(null);
    expect(clique.mostBounded).to.equal(1);
  });

  it("waits longer for leaders that are offline", () => {
    const seconds = [0, 1, 2].map(
      (offline) => withholding({ ...input, validators: 10, offline }).bft.coalitions[1]!.seconds!,
    );
    expect(seconds).to.deep.equal([1, 2, 3].map((absent) => 10 + 10 * (2 ** absent - 1) + 10));
  });
});
