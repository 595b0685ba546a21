import { expect } from "chai";
import { describe, it } from "mocha";
import { findAlerts, standsUnseen } from "../../../workers/operator/monitor/findAlerts.js";
import { journalFigures } from "../../../workers/operator/monitor/journalFigures.js";
import type { SlotState, WorkerState } from "../../../workers/operator/monitor/types.js";
import { noteSubmission, purposeOf } from "../../../workers/store/journal.js";
import { openStore } from "../../../workers/store/openStore.js";
import { moveSend, nextNonce, reserveSend } from "../../../workers/store/sends.js";

const slots: SlotState = {
  next: 7,
  due: 1,
  graceOverSeconds: 3,
  stuckLooks: 4,
  gap: undefined,
  missedCredits: 30n,
};
/** A worker with which all is well, but only just. */
const well: WorkerState = {
  height: 100,
  headTime: 1000,
  slots,
  balanceWei: 500n,
  transactionWei: 5n,
  credits: 300n,
  validator: { address: "0x77", blocks: 16, sealed: 1, window: 16 },
  confirmationDepth: 3,
  fork: undefined,
  transactions: [],
  oldestPendingSeconds: 0,
  givenUp: [],
  finalHeight: undefined,
};
const limits = { lowBalanceTransactions: 100, lowCreditSlots: 10 };
const names = (change: Partial<WorkerState>): string[] =>
  findAlerts({ ...well, ...change }, limits).map(({ name }) => name);

describe("findAlerts", () => {
  it("finds nothing where every value is at its limit", () => {
    expect(names({})).to.deep.equal([]);
  });

  const beyond: readonly (readonly [string, Partial<WorkerState>])[] = [
    ["slotGap", { slots: { ...slots, gap: { first: 6, last: 6 } } }],
    ["slotsUnsettled", { slots: { ...slots, stuckLooks: 5 } }],
    ["validatorNotSealing", { validator: { address: "0x77", blocks: 16, sealed: 0, window: 16 } }],
    ["deepFork", { fork: { depth: 4, from: 99 } }],
    ["lowBalance", { balanceWei: 499n }],
    ["lowCredits", { credits: 299n }],
    ["lowCredits", { credits: 0n, slots: { ...slots, missedCredits: 0n } }],
    ["repeatedFailures", { givenUp: [{ slot: 8, kind: "upload" }] }],
  ];
  for (const [name, change] of beyond) {
    it(`finds ${name} alone where one is beyond it: ${Object.keys(change).join(", ")}`, () => {
      expect(names(change)).to.deep.equal([name]);
    });
  }

  it("holds nothing against a validator of which too few blocks were seen, nor where none is known", () => {
    expect(names({ validator: { address: "0x77", blocks: 15, sealed: 0, window: 16 } })).to.deep.equal([]);
    expect(names({ validator: undefined })).to.deep.equal([]);
  });

  it("judges what needs no grid version where nothing is known of slots", () => {
    const unknown = { slots: undefined };
    expect(names(unknown)).to.deep.equal([]);
    expect(names({ ...unknown, balanceWei: 499n, fork: { depth: 4, from: 99 } })).to.deep.equal([
      "deepFork",
      "lowBalance",
    ]);
    expect(names({ ...unknown, credits: 0n })).to.deep.equal(["lowCredits"]);
    // What stood is not taken to be mended because it cannot be seen.
    const gap = { name: "slotGap", message: "" } as const;
    expect(standsUnseen(gap, { ...well, ...unknown })).to.equal(true);
    expect(standsUnseen(gap, well)).to.equal(false);
    expect(standsUnseen({ ...gap, name: "lowBalance" }, { ...well, ...unknown })).to.equal(false);
  });

  it("takes a balance of 0 where gas is free", () => {
    expect(names({ balanceWei: 0n, transactionWei: 0n })).to.deep.equal([]);
  });
});

describe("journalFigures", () => {
  it("names what failed three times for a slot to come, and no longer once another try lives", () => {
    const store = openStore(":memory:");
    const add = (slot: number): number => {
      const nonce = nextNonce(store, 0);
      const call = { purpose: purposeOf("upload", slot), to: "0x1", data: "0x", gas: 1n, at: 101 + nonce };
      const { id } = reserveSend(store, call, nonce);
      noteSubmission(store, { id, slot, kind: "upload", payload: new Uint8Array(1) });
      return id;
    };
    for (const slot of [4, 4, 4, 5, 5, 6, 6, 6]) moveSend(store, add(slot), "failed");
    expect(journalFigures(store, 5, 200).givenUp).to.deep.equal([{ slot: 6, kind: "upload" }]);
    expect(journalFigures(store, 7, 200).givenUp).to.deep.equal([]);
    expect(journalFigures(store, 5, 200).oldestPendingSeconds).to.equal(0);
    add(6);
    add(5);
    expect(journalFigures(store, 5, 200).givenUp).to.deep.equal([]);
    expect(journalFigures(store, 5, 200).oldestPendingSeconds).to.equal(200 - 109);
    store.close();
  });
});
