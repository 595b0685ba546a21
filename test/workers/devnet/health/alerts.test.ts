import { expect } from "chai";
import { describe, it } from "mocha";
import { AlertBook } from "../../../../workers/devnet/health/AlertBook.js";
import {
  type AlertName,
  alertsOf,
  confirmationDepth,
  haltedSeconds,
  type Observed,
} from "../../../../workers/devnet/health/alerts.js";
import type { ValidatorHealth } from "../../../../workers/devnet/health/types.js";
import { readDoc, section, firstCells } from "../../../docs/readDoc.js";

function validator(number: number, change: Partial<ValidatorHealth> = {}): ValidatorHealth {
  return {
    number,
    name: `validator-${number}`,
    running: true,
    height: 100,
    headHash: "0xaa",
    peers: 3,
    seals: true,
    sealedBlocks: 25,
    secondsSinceSealed: 2,
    blocksSinceSealed: 2,
    lagSeconds: 0,
    clockOffsetSeconds: 0,
    ...change,
  };
}

const well: Observed = {
  blockPeriodSeconds: 1,
  validators: [1, 2, 3, 4].map((number) => validator(number)),
  headAgeSeconds: 1,
  forkedAt: null,
  deadlock: { kind: "none", why: "moving" },
};
const raised = (change: Partial<Observed>): (readonly [AlertName, string | null])[] =>
  alertsOf({ ...well, ...change }).map(({ name, validator: about }) => [name, about] as const);
const but = (number: number, change: Partial<ValidatorHealth>): Partial<Observed> => ({
  validators: well.validators.map((one) => (one.number === number ? { ...one, ...change } : one)),
});

describe("the alerts of a network", () => {
  it("are none where all is well", () => {
    expect(raised({})).to.deep.equal([]);
    expect(raised({ deadlock: undefined })).to.deep.equal([]);
  });

  it("name a validator that sealed none of the last five turns", () => {
    expect(raised(but(3, { blocksSinceSealed: 20 }))).to.deep.equal([]);
    expect(raised(but(3, { blocksSinceSealed: 21 }))).to.deep.equal([["validator-silent", "validator-3"]]);
    // One that may not seal is not waited for, and does not count among the turns.
    expect(raised(but(3, { blocksSinceSealed: 21, seals: false }))).to.deep.equal([]);
    const three = but(3, { seals: false }).validators!.map((one) =>
      one.number === 1 ? { ...one, blocksSinceSealed: 16 } : one,
    );
    expect(raised({ validators: three })).to.deep.equal([["validator-silent", "validator-1"]]);
  });

  it("name a node more than ten blocks behind", () => {
    expect(raised(but(2, { height: 90 }))).to.deep.equal([]);
    expect(raised(but(2, { height: 89 }))).to.deep.equal([["validator-behind", "validator-2"]]);
    expect(raised(but(2, { height: null, running: false }))).to.deep.equal([]);
  });

  it("name a clock more than half a second off, either way", () => {
    for (const offset of [0.5, -0.5, null])
      expect(raised(but(4, { clockOffsetSeconds: offset }))).to.deep.equal([]);
    for (const offset of [0.51, -0.51, 5, -5])
      expect(raised(but(4, { clockOffsetSeconds: offset }))).to.deep.equal([
        ["validator-clock", "validator-4"],
      ]);
  });

  it("tell of a chain that has halted: no block for 15 s, or five periods, or no node", () => {
    expect(raised({ headAgeSeconds: 15 })).to.deep.equal([]);
    expect(raised({ headAgeSeconds: 15.1 })).to.deep.equal([["chain-halted", null]]);
    expect(raised({ headAgeSeconds: 49, blockPeriodSeconds: 10 })).to.deep.equal([]);
    expect(haltedSeconds(10)).to.equal(50);
    expect(raised({ headAgeSeconds: null })).to.deep.equal([["chain-halted", null]]);
  });

  it("tell of a fork and of a deadlock, and of one that is only suspected", () => {
    expect(raised({ forkedAt: 97 })).to.deep.equal([["fork", null]]);
    expect(raised({ deadlock: { kind: "deadlocked" } })).to.deep.equal([["deadlock", null]]);
    const suspected = alertsOf({ ...well, deadlock: { kind: "suspected" } });
    expect(suspected.map(({ name }) => name)).to.deep.equal(["deadlock"]);
    expect(suspected[0]!.message).to.include("by hand");
  });

  it("count a worker's confirmations: more than half", () => {
    expect([1, 4, 5, 7].map(confirmationDepth)).to.deep.equal([1, 3, 3, 4]);
  });

  it("stand in the documents, each with what to do", () => {
    const worst = alertsOf({
      ...well,
      headAgeSeconds: 100,
      forkedAt: 1,
      deadlock: { kind: "deadlocked" },
      validators: [validator(1, { blocksSinceSealed: 100, height: 1, clockOffsetSeconds: 5 }), validator(2)],
    });
    const names = [...new Set(worst.map(({ name }) => name))].sort();
    expect(firstCells(section(readDoc("docs/alerts.md"), "The network")).sort()).to.deep.equal(names);
  });
});

describe("AlertBook", () => {
  const alert = { name: "validator-silent", validator: "validator-1", message: "21 blocks" } as const;
  const other = { ...alert, validator: "validator-2" };

  it("says once that an alert is new and once that it is over, and keeps since when it stands", () => {
    const book = new AlertBook();
    expect(book.update([alert], 100)).to.deep.equal({
      raised: [{ ...alert, sinceSeconds: 100 }],
      cleared: [],
    });
    const later = { ...alert, message: "22 blocks" };
    expect(book.update([later, other], 101)).to.deep.equal({
      raised: [{ ...other, sinceSeconds: 101 }],
      cleared: [],
    });
    expect(book.standing).to.deep.equal([
      { ...later, sinceSeconds: 100 },
      { ...other, sinceSeconds: 101 },
    ]);
    const { raised: again, cleared } = book.update([other], 102);
    expect(again).to.deep.equal([]);
    expect(cleared).to.deep.equal([{ ...later, sinceSeconds: 100 }]);
  });
});
