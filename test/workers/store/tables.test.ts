import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { moveCursor, readCursor } from "../../../workers/store/cursor.js";
import { latestEstimates, readEstimate, saveEstimate } from "../../../workers/store/estimates.js";
import {
  dropFinalPayloads,
  liveSubmission,
  noteSubmission,
  submissionsOfSlot,
} from "../../../workers/store/journal.js";
import {
  forgetAfter,
  noteClosed,
  noteEstimated,
  noteUpload,
  slotsToEstimate,
  slotView,
  slotViews,
  uploadsOfSlot,
} from "../../../workers/store/ledgerView.js";
import {
  insertMeasurement,
  measurementOf,
  measurementsOfSlot,
  slotsWithMeasurements,
} from "../../../workers/store/measurements.js";
import { openStore, type Store } from "../../../workers/store/openStore.js";
import { pruneBefore } from "../../../workers/store/pruneBefore.js";
import {
  countInFlight,
  displaceSends,
  dropFinalBytes,
  journalSigned,
  liveSend,
  moveSend,
  nextNonce,
  placeSend,
  reservedData,
  reserveSend,
  sendById,
  SendDuplicateError,
  signedForms,
  type Send,
} from "../../../workers/store/sends.js";
import { countProblems, insertProblem, latestProblems } from "../../../workers/store/problems.js";

describe("store tables", () => {
  let store: Store;
  beforeEach(() => (store = openStore(":memory:")));
  afterEach(() => store.close());

  /** Journals a signed form of a transaction. */
  const sign = ({ id, nonce }: Send, hash: string): void =>
    journalSigned(store, { hash, send: id, nonce, raw: `0x02${hash}`, head: 7, filler: false });

  describe("measurements", () => {
    const reading = {
      slot: 3,
      meter: "a",
      counts: 7,
      powerUnitKw: 1,
      quality: "good",
      path: "f.csv",
      line: 2,
    } as const;

    it("keeps the first value of a meter and slot", () => {
      expect(insertMeasurement(store, reading)).to.equal(true);
      expect(insertMeasurement(store, { ...reading, counts: 8, line: 3 })).to.equal(false);
      expect(insertMeasurement(store, { ...reading, counts: undefined, quality: "bad" })).to.equal(false);
      expect(measurementOf(store, 3, "a")).to.deep.equal(reading);
    });

    it("lets a value take the place of a reading without one", () => {
      insertMeasurement(store, { ...reading, counts: undefined, quality: "missing" });
      expect(slotsWithMeasurements(store, 0)).to.deep.equal([]);
      expect(insertMeasurement(store, { ...reading, quality: "suspect" })).to.equal(true);
      expect([...measurementsOfSlot(store, 3).values()]).to.deep.equal([{ ...reading, quality: "suspect" }]);
      expect(slotsWithMeasurements(store, 0)).to.deep.equal([3]);
    });

    it("refuses a value that contradicts its quality", () => {
      expect(() => insertMeasurement(store, { ...reading, quality: "bad" })).to.throw(/CHECK/);
    });
  });

  describe("journal", () => {
    const call = { purpose: "upload 1", to: "0x11", data: "0x0102", gas: 21_000n, at: 100 };
    const payload = new Uint8Array([1, 2, 3]);
    const reserve = (purpose = call.purpose): Send =>
      reserveSend(store, { ...call, purpose }, nextNonce(store, 4));

    it("gives ascending nonces, one living transaction a purpose, and keeps the call until it is signed", () => {
      const first = reserve();
      expect(first).to.include({ nonce: 4, state: "reserved", hash: undefined, gas: 21_000n });
      expect(reservedData(store, first.id)).to.equal("0x0102");
      expect(() => reserve()).to.throw(SendDuplicateError, "upload 1");
      expect(reserve("upload 2").nonce).to.equal(5);
      sign(first, "aa");
      expect(sendById(store, first.id)).to.include({ state: "journaled", hash: "aa" });
      expect(reservedData(store, first.id)).to.equal("0x");
      expect(countInFlight(store)).to.equal(2);
    });

    it("never gives a nonce twice, though its transaction failed", () => {
      moveSend(store, reserve().id, "failed", "reverted");
      expect(liveSend(store, "upload 1")).to.equal(undefined);
      expect(reserve().nonce).to.equal(5);
      expect(nextNonce(store, 9)).to.equal(9);
    });

    it("keeps every form of a transaction, and where it was mined", () => {
      const send = reserve();
      sign(send, "aa");
      sign(send, "bb");
      expect(signedForms(store, send.id).map(({ hash }) => hash)).to.deep.equal(["aa", "bb"]);
      expect(sendById(store, send.id)?.hash).to.equal("bb");
      placeSend(store, send.id, "included", "aa", { number: 9, hash: "0x9" });
      expect(sendById(store, send.id)).to.deep.include({ hash: "aa", block: { number: 9, hash: "0x9" } });
      expect(displaceSends(store, { number: 9, hash: "0x8" })).to.deep.equal([]);
      expect(displaceSends(store, { number: 9, hash: "0x9" }).map(({ id }) => id)).to.deep.equal([send.id]);
      expect(sendById(store, send.id)).to.include({ state: "broadcast", block: undefined });
    });

    it("keeps beside it what it is for", () => {
      const { id, nonce } = reserve();
      noteSubmission(store, { id, slot: 1, kind: "upload", payload });
      expect(liveSubmission(store, 1, "upload")).to.deep.include({ id, nonce, payload, state: "reserved" });
      expect(liveSubmission(store, 1, "settle")).to.equal(undefined);
      moveSend(store, id, "failed", "reverted");
      expect(submissionsOfSlot(store, 1).map((one) => [one.state, one.reason])).to.deep.equal([
        ["failed", "reverted"],
      ]);
    });

    it("drops what is large of what is long final and keeps the rest", () => {
      const send = reserve("settle 1");
      noteSubmission(store, { id: send.id, slot: 1, kind: "settle", payload });
      sign(send, "aa");
      placeSend(store, send.id, "included", "aa", { number: 9, hash: "0x9" });
      dropFinalBytes(store, 9);
      moveSend(store, send.id, "final");
      expect(signedForms(store, send.id)[0]).to.include({ raw: "0x02aa" });
      dropFinalBytes(store, 8);
      expect(signedForms(store, send.id)[0]).to.include({ raw: "0x02aa" });
      dropFinalBytes(store, 9);
      dropFinalPayloads(store);
      expect(signedForms(store, send.id)[0]).to.include({ raw: "", hash: "aa" });
      expect(liveSubmission(store, 1, "settle")).to.include({ state: "final", block: 9 });
      expect(liveSubmission(store, 1, "settle")?.payload).to.have.length(0);
    });
  });

  describe("view of the ledger", () => {
    it("takes each event once", () => {
      for (let pass = 0; pass < 2; pass++) {
        noteUpload(store, 1, { slot: 5, seat: 1, kind: "upload", tx: "0x1", block: 10 });
        noteUpload(store, 1, { slot: 5, seat: 0, kind: "upload", tx: "0x2", block: 11 });
        noteUpload(store, 1, { slot: 5, seat: 1, kind: "supplement", tx: "0x3", block: 12 });
        noteClosed(store, 5, 1, { closed: "settled", block: 13, tx: "0x4", objective: 2.5 });
      }
      expect(uploadsOfSlot(store, 5).map((one) => [one.kind, one.seat, one.tx])).to.deep.equal([
        ["upload", 0, "0x2"],
        ["upload", 1, "0x1"],
        ["supplement", 1, "0x3"],
      ]);
      expect(slotView(store, 5)).to.include({
        closed: "settled",
        closedTx: "0x4",
        closedCount: 1,
        settledObjective: 2.5,
      });
      expect(slotsToEstimate(store).map((one) => one.uploads)).to.deep.equal([3]);
      noteEstimated(store, 5, 3);
      expect(slotsToEstimate(store)).to.deep.equal([]);
    });

    it("counts a second closing, which the contract rules out", () => {
      noteClosed(store, 5, 1, { closed: "settled", block: 13, tx: "0x4" });
      noteClosed(store, 5, 1, { closed: "settled", block: 14, tx: "0x5" });
      expect(slotView(store, 5)?.closedCount).to.equal(2);
    });

    it("forgets what an abandoned branch held", () => {
      noteUpload(store, 1, { slot: 5, seat: 1, kind: "upload", tx: "0x1", block: 10 });
      noteUpload(store, 1, { slot: 5, seat: 0, kind: "upload", tx: "0x2", block: 11 });
      noteClosed(store, 5, 1, { closed: "incomplete", block: 13, tx: "0x4" });
      noteUpload(store, 1, { slot: 6, seat: 1, kind: "upload", tx: "0x5", block: 12 });
      noteEstimated(store, 5, 2);
      forgetAfter(store, 10);
      expect(slotViews(store).map((one) => [one.slot, one.closed, one.closedCount])).to.deep.equal([
        [5, undefined, 0],
      ]);
      expect(uploadsOfSlot(store, 5)).to.have.length(1);
      expect(slotsToEstimate(store).map((one) => [one.slot, one.uploads])).to.deep.equal([[5, 1]]);
    });

    it("keeps one cursor", () => {
      expect(readCursor(store)).to.equal(undefined);
      moveCursor(store, { block: 1, hash: "0x1" });
      moveCursor(store, { block: 2, hash: "0x2" });
      expect(readCursor(store)).to.deep.equal({ block: 2, hash: "0x2" });
    });
  });

  it("keeps estimates bit for bit", () => {
    const estimate = {
      slot: 8,
      version: 1,
      at: 1000,
      objective: 12.5,
      threshold: 30.1,
      missing: 1,
      measured: Float64Array.of(1, NaN, -0.1),
      estimated: Float64Array.of(1.5, 2, -0.2),
      normalised: Float64Array.of(-0.5, NaN, 1e-300),
      filled: Uint8Array.of(0, 1, 0),
      angles: Float64Array.of(Math.PI),
    };
    saveEstimate(store, { ...estimate, objective: 1 });
    saveEstimate(store, estimate);
    saveEstimate(store, { ...estimate, slot: 9, objective: undefined, threshold: undefined });
    expect(readEstimate(store, 8)).to.deep.equal(estimate);
    expect(latestEstimates(store, 5).map((one) => one.slot)).to.deep.equal([9, 8]);
    expect(readEstimate(store, 9)?.objective).to.equal(undefined);
  });

  it("drops old slots, but no transaction that is under way", () => {
    for (const slot of [8, 9]) {
      insertMeasurement(store, {
        slot,
        meter: "a",
        counts: 1,
        powerUnitKw: 1,
        quality: "good",
        path: "f",
        line: 1,
      });
      noteUpload(store, 1, { slot, seat: 0, kind: "upload", tx: `0x${slot}`, block: slot });
      for (const kind of ["upload", "settle"] as const) {
        const call = { purpose: `${kind} ${slot}`, to: "0x1", data: "0x", gas: 1n, at: 1 };
        const { id } = reserveSend(store, call, nextNonce(store, 0));
        noteSubmission(store, { id, slot, kind, payload: new Uint8Array(1) });
        if (kind === "upload") moveSend(store, id, "final");
      }
    }
    pruneBefore(store, 9);
    expect([8, 9].map((slot) => measurementsOfSlot(store, slot).size)).to.deep.equal([0, 1]);
    expect([8, 9].map((slot) => uploadsOfSlot(store, slot).length)).to.deep.equal([0, 1]);
    expect(slotViews(store).map(({ slot }) => slot)).to.deep.equal([9]);
    expect([8, 9].map((slot) => submissionsOfSlot(store, slot).map(({ kind }) => kind))).to.deep.equal([
      ["settle"],
      ["upload", "settle"],
    ]);
  });

  it("counts problems by code, the newest first", () => {
    insertProblem(store, { path: "f", line: 2, code: "badUnit", message: "one", at: 1 });
    insertProblem(store, { path: "f", line: 3, code: "badUnit", message: "two", at: 1 });
    insertProblem(store, { path: "f", line: 4, code: "duplicate", message: "three", at: 2 });
    expect(countProblems(store)).to.deep.equal({ badUnit: 2, duplicate: 1 });
    expect(latestProblems(store, 1)).to.deep.equal([
      { path: "f", line: 4, code: "duplicate", message: "three", at: 2 },
    ]);
  });
});
