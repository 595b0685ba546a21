import { expect } from "chai";
import { describe, it } from "mocha";
import {
  type ConcentratorState,
  findConcentratorAlerts,
} from "../../../workers/metering/concentrator/findAlerts.js";
import { findMdmsAlerts, type MdmsState } from "../../../workers/metering/mdms/findAlerts.js";

/** Programs with which all is well, but only just. */
const concentrator: ConcentratorState = {
  connected: true,
  queued: 899,
  mostQueued: 1_000,
  lagSeconds: 299.9,
  balanceWei: 500n,
  transactionWei: 5n,
};
const mdms: MdmsState = {
  connected: true,
  height: 400,
  stored: 101,
  behindSeconds: 299,
  balanceWei: 50n,
  transactionWei: 5n,
};

const ofConcentrator = (change: Partial<ConcentratorState>): string[] =>
  findConcentratorAlerts({ ...concentrator, ...change }).map(({ name }) => name);
const ofMdms = (change: Partial<MdmsState>): string[] =>
  findMdmsAlerts({ ...mdms, ...change }).map(({ name }) => name);

describe("alerts of a concentrator", () => {
  it("finds nothing where every value is at its limit, or gas is free", () => {
    expect(ofConcentrator({})).to.deep.equal([]);
    expect(ofConcentrator({ balanceWei: 0n, transactionWei: 0n })).to.deep.equal([]);
  });

  for (const [name, change] of [
    ["brokerLost", { connected: false }],
    ["reportsLate", { lagSeconds: 300 }],
    ["queueFull", { queued: 900 }],
    ["lowBalance", { balanceWei: 499n }],
  ] as const) {
    it(`finds ${name} alone where one is beyond it`, () => {
      expect(ofConcentrator(change)).to.deep.equal([name]);
    });
  }
});

describe("alerts of an MDMS", () => {
  it("finds nothing where every value is at its limit, or gas is free", () => {
    expect(ofMdms({})).to.deep.equal([]);
    expect(ofMdms({ balanceWei: 0n, transactionWei: 0n })).to.deep.equal([]);
  });

  for (const [name, change] of [
    ["brokerLost", { connected: false }],
    ["storageBehind", { behindSeconds: 300 }],
    ["lowBalance", { balanceWei: 49n }],
  ] as const) {
    it(`finds ${name} alone where one is beyond it`, () => {
      expect(ofMdms(change)).to.deep.equal([name]);
    });
  }
});
