import { expect } from "chai";
import { describe, it } from "mocha";
import { findDeadlock, type Verdict } from "../../../../workers/devnet/deadlock/findDeadlock.js";
import type { NodeSnapshot } from "../../../../workers/devnet/deadlock/types.js";

const SEALERS = ["0xA1", "0xb2", "0xC3", "0xD4", "0xE5"];

/** A node on one of two heads of the same weight, as an even split leaves them: one at 7, the other at 8. */
function node(number: number, change: Partial<NodeSnapshot> = {}, validators = 4): NodeSnapshot {
  const sealers = SEALERS.slice(0, validators);
  const first = number <= 2;
  const height = first ? 7 : 8;
  return {
    number,
    sealer: SEALERS[number - 1]!,
    head: { height, hash: first ? "0x07" : "0x08", totalDifficulty: 15n },
    peers: validators - 1,
    // Clique writes its addresses in small letters.
    sealers: sealers.map((sealer) => sealer.toLowerCase()),
    recents: (first ? [2, 1] : [3, 4]).map((sealer, i) => ({
      height: height - i,
      sealer: SEALERS[sealer - 1]!.toLowerCase(),
    })),
    stillSeconds: 12,
    ...change,
  };
}

/** One of three nodes that run of four, on the head that a sealer sealed. */
const onHeadOf = (number: number, sealer: number, before: number): NodeSnapshot =>
  node(number, {
    head: { height: 8, hash: `0x${sealer}`, totalDifficulty: 15n },
    peers: 2,
    recents: [sealer, before].map((one, i) => ({
      height: 8 - i,
      sealer: SEALERS[one - 1]!.toLowerCase(),
    })),
  });

const look = (nodes: readonly NodeSnapshot[], options = {}): Verdict =>
  findDeadlock(nodes, { validators: 4, blockPeriodSeconds: 1, seesAll: true, ...options });
const none = (why: string) => ({ kind: "none", why });
const split = [1, 2, 3, 4].map((number) => node(number));
const but = (number: number, change: Partial<NodeSnapshot>): NodeSnapshot[] =>
  split.map((one) => (one.number === number ? { ...one, ...change } : one));
const sealedLast = (height: number): NodeSnapshot[] => but(1, { recents: [{ height, sealer: "0xa1" }] });

describe("findDeadlock", () => {
  it("sees one where all four conditions hold", () => {
    expect(look(split)).to.deep.equal({ kind: "deadlocked" });
  });

  it("sees none while any head changed within 12 s, or 4 periods", () => {
    for (const { number } of split)
      expect(look(but(number, { stillSeconds: 11.9 }))).to.deep.equal(none("moving"));
    expect(look(split, { blockPeriodSeconds: 5 })).to.deep.equal(none("moving"));
    const longer = split.map((one) => ({ ...one, stillSeconds: 20 }));
    expect(look(longer, { blockPeriodSeconds: 5 })).to.deep.equal({ kind: "deadlocked" });
  });

  it("sees none while a node lacks a peer", () => {
    for (const { number } of split)
      expect(look(but(number, { peers: 2 }))).to.deep.equal(none("peers are missing"));
  });

  it("sees none where all stand on one head", () => {
    const { head } = split[0]!;
    expect(look(split.map((one) => ({ ...one, head })))).to.deep.equal(none("one head"));
  });

  it("sees none while a single sealer may seal the next block", () => {
    for (const { number, recents, sealer } of split) {
      const others = recents.filter((one) => one.sealer !== sealer.toLowerCase());
      expect(look(but(number, { recents: others })), `without ${number}`).to.deep.equal(
        none("someone may seal"),
      );
    }
  });

  it("takes the window of recent sealers to the block: head + 1 - limit is past, the next is in it", () => {
    // Four sealers, limit 3, head 7: a sealer of block 5 may seal block 8, one of block 6 may not.
    expect(look(sealedLast(5))).to.deep.equal(none("someone may seal"));
    expect(look(sealedLast(6))).to.deep.equal({ kind: "deadlocked" });
  });

  it("does not ask who may seal where the heads differ in difficulty: the lighter side should have followed", () => {
    const free = but(1, { recents: [] });
    const heavier = free.map((one) =>
      one.number > 2 ? { ...one, head: { ...one.head, totalDifficulty: 16n } } : one,
    );
    expect(look(heavier)).to.deep.equal({ kind: "deadlocked" });
  });

  it("goes by those that run: four of five can deadlock, two of four only halt", () => {
    const five = [1, 2, 3, 4].map((number) => node(number, { peers: 3 }, 5));
    expect(look(five, { validators: 5 })).to.deep.equal({ kind: "deadlocked" });
    const two = [node(1, { peers: 1 }), node(3, { peers: 1 })];
    expect(look(two)).to.deep.equal(none("too few run"));
    expect(look([])).to.deep.equal(none("too few run"));
  });

  it("sees one among three of four that lost the fourth: two sealed at once, and the third just before", () => {
    const three = [onHeadOf(1, 1, 3), onHeadOf(2, 2, 3), onHeadOf(3, 1, 3)];
    expect(look(three, { validators: 3 })).to.deep.equal({ kind: "deadlocked" });
    // The third may seal where the fourth sealed before the two.
    const others = [onHeadOf(1, 1, 4), onHeadOf(2, 2, 4), onHeadOf(3, 1, 4)];
    expect(look(others, { validators: 3 })).to.deep.equal(none("someone may seal"));
  });

  it("leaves out nodes that do not seal: one that is joining, or was voted out", () => {
    const joining = { ...node(1), number: 5, sealer: "0xE5", peers: 4, recents: [] };
    const full = split.map((one) => ({ ...one, peers: 4 }));
    expect(look([...full, joining], { validators: 5 })).to.deep.equal({ kind: "deadlocked" });
  });

  it("only suspects one from a single node: its peers are there, and it must wait", () => {
    const own = { seesAll: false };
    expect(look([node(1)], own)).to.deep.equal({ kind: "suspected" });
    expect(look([node(1, { peers: 2 })], own)).to.deep.equal(none("peers are missing"));
    expect(look([node(1, { recents: [] })], own)).to.deep.equal(none("someone may seal"));
    expect(look([node(1, { stillSeconds: 3 })], own)).to.deep.equal(none("moving"));
  });
});
