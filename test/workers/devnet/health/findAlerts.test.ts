import { expect } from "chai";
import { describe, it } from "mocha";
import type { AlertName } from "../../../../workers/alerts/alertNames.js";
import {
  confirmationDepth,
  findAlerts,
  haltedSeconds,
  type Observed,
} from "../../../../workers/devnet/health/findAlerts.js";
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
const raised = (change: Partial<Observed>): (readonly [AlertName, string | undefined])[] =>
  findAlerts({ ...well, ...change }).map(({ name, subject }) => [name, subject] as const);
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
    expect(raised(but(3, { blocksSinceSealed: 21 }))).to.deep.equal([["validatorNotSealing", "validator-3"]]);
    // One that may not seal is not waited for, and does not count among the turns.
    expect(raised(but(3, { blocksSinceSealed: 21, seals: false }))).to.deep.equal([]);
    const three = but(3, { seals: false }).validators!.map((one) =>
      one.number === 1 ? { ...one, blocksSinceSealed: 16 } : one,
    );
    expect(raised({ validators: three })).to.deep.equal([["validatorNotSealing", "validator-1"]]);
  });

  it("name a node more than ten blocks behind", () => {
    expect(raised(but(2, { height: 90 }))).to.deep.equal([]);
    expect(raised(but(2, { height: 89 }))).to.deep.equal([["validatorBehind", "validator-2"]]);
  });

  it("name a node that does not answer, and one that lacks a peer; on another machine nobody knows", () => {
    const away = { height: null, headHash: null, peers: null, lagSeconds: null, clockOffsetSeconds: null };
    expect(raised(but(2, { ...away, running: false }))).to.deep.equal([["validatorDown", "validator-2"]]);
    expect(raised(but(2, { ...away, running: null }))).to.deep.equal([]);
    expect(raised(but(2, { peers: 2 }))).to.deep.equal([["peersMissing", "validator-2"]]);
    // With one away, two peers are all there are.
    const three = well.validators.map((one) =>
      one.number === 4 ? { ...one, ...away, running: false } : { ...one, peers: 2 },
    );
    expect(raised({ validators: three })).to.deep.equal([["validatorDown", "validator-4"]]);
  });

  it("name a clock more than half a second off, either way", () => {
    for (const offset of [0.5, -0.5, null])
      expect(raised(but(4, { clockOffsetSeconds: offset }))).to.deep.equal([]);
    for (const offset of [0.51, -0.51, 5, -5])
      expect(raised(but(4, { clockOffsetSeconds: offset }))).to.deep.equal([["clockOff", "validator-4"]]);
  });

  it("tell of a chain that has halted: no block for 15 s, or five periods, or no node", () => {
    expect(raised({ headAgeSeconds: 15 })).to.deep.equal([]);
    expect(raised({ headAgeSeconds: 15.1 })).to.deep.equal([["chainHalted", undefined]]);
    expect(raised({ headAgeSeconds: 49, blockPeriodSeconds: 10 })).to.deep.equal([]);
    expect(haltedSeconds(10)).to.equal(50);
    expect(raised({ headAgeSeconds: null })).to.deep.equal([["chainHalted", undefined]]);
  });

  it("tell of a fork and of a deadlock, and of one that is only suspected", () => {
    expect(raised({ forkedAt: 97 })).to.deep.equal([["chainSplit", undefined]]);
    expect(raised({ deadlock: { kind: "deadlocked" } })).to.deep.equal([["deadlock", undefined]]);
    const suspected = findAlerts({ ...well, deadlock: { kind: "suspected" } });
    expect(suspected.map(({ name }) => name)).to.deep.equal(["deadlock"]);
    expect(suspected[0]!.message).to.include("by hand");
  });

  it("count a worker's confirmations: more than half", () => {
    expect([1, 4, 5, 7].map(confirmationDepth)).to.deep.equal([1, 3, 3, 4]);
  });

  it("stand in the documents, each with what to do", () => {
    const worst = findAlerts({
      ...well,
      headAgeSeconds: 100,
      forkedAt: 1,
      deadlock: { kind: "deadlocked" },
      validators: [
        validator(1, { blocksSinceSealed: 100, height: 1, clockOffsetSeconds: 5 }),
        validator(2, { running: false, height: null }),
        validator(3, { peers: 0 }),
      ],
    });
    const names = [...new Set(worst.map(({ name }) => name))].sort();
    expect(firstCells(section(readDoc("docs/alerts.md"), "The network")).sort()).to.deep.equal(names);
  });
});
