import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { readLedgerRules } from "../../../workers/chain/readLedgerRules.js";
import { slotAtTime } from "../../../workers/measurement/slotAtTime.js";
import { slotTimes } from "../../../workers/measurement/slotTimes.js";
import { packBatch } from "../../../workers/measurement/packValues.js";
import { testTerms } from "../../support/sharedGrid.js";
import { governLedger } from "./governLedger.js";
import { expectRefused, ledgerFixture, refusal } from "./ledgerFixture.js";
import { readings, tinyVersion } from "./tinyVersion.js";

const records = tinyVersion();

async function fixture() {
  const ledger = await ledgerFixture(records);
  return { ...ledger, ...(await governLedger(ledger)), next: await ledger.nextSlot() };
}

/** A slot with a commit phase that has begun, after one without, and what each seat commits to. */
async function committing() {
  const f = await fixture();
  const slot = f.next + 1;
  await f.change(slot, { commitSlots: 1 });
  const values = readings(records);
  await f.uploadAll(f.next, values);
  await f.time.increaseTo(f.startOf(slot));
  const salt = f.ethers.id("salt");
  const commitmentOf = (seat: number, of = slot, secret = salt): string =>
    f.ethers.keccak256(
      f.ethers.AbiCoder.defaultAbiCoder().encode(
        ["uint256", "uint256", "bytes32", "bytes32"],
        [of, seat, secret, f.ethers.keccak256(f.batchOf(values, seat))],
      ),
    );
  const end = f.startOf(slot) + 120;
  return { ...f, slot, values, salt, commitmentOf, end };
}

describe("SlotRules", () => {
  describe("a change of the rules", () => {
    it("is the governance's alone", async () => {
      const { rules, next, members, contracts } = await fixture();
      const clock = { genesis: 0, slotSeconds: 60, cutOffSlots: 2, expirySlots: 10, commitSlots: 0 };
      const caller = members[0]!.address;
      const asMember = rules.connect(members[0]);
      expect((await refusal(asMember.change(next + 5, clock, testTerms))).message).to.equal(
        `SlotLedgerNotGovernance(caller = ${caller})`,
      );
      const asLedger = contracts.ledger.connect(members[0]);
      expect((await refusal(asLedger.onRulesChanged(0, 0))).name).to.equal("SlotLedgerNotRules");
    });

    it("keeps the bounds of the foundation, and those of a change", async () => {
      const { change, next, startOf, time } = await fixture();
      await time.increaseTo(startOf(next));
      const most = (testTerms.reward + testTerms.missingPenalty) / 3n;
      const firstSlot = next + 5;
      const cases: [what: string, call: () => Promise<unknown>][] = [
        ["slotSeconds", () => change(firstSlot, { slotSeconds: 0 })],
        ["cutOffSlots", () => change(firstSlot, { cutOffSlots: 129 })],
        ["expirySlots", () => change(firstSlot, { expirySlots: 0 })],
        ["commitSlots", () => change(firstSlot, { commitSlots: 2 })],
        ["normalQuantileQ32", () => change(firstSlot, { normalQuantileQ32: (8n << 32n) + 1n })],
        ["anomalyPenalty", () => change(firstSlot, { anomalyPenalty: most + 1n })],
        ["firstSlot", () => change(next, {})],
        ["firstSlot", () => change(0, {})],
        ["firstSlot", () => change(next + 366 * 24 * 60 + 1, {})],
        ["genesis", () => change(firstSlot, {}, startOf(firstSlot) + 1)],
        ["genesis", () => change(firstSlot, {}, startOf(firstSlot) - 1)],
      ];
      for (const [what, call] of cases) {
        const { name, arguments: given } = await refusal(call());
        expect([name, given["what"]]).to.deep.equal(["SlotLedgerBadTerms", what]);
      }
      expect((await refusal(change(2 ** 40, {}, 0))).name).to.equal("SlotLedgerNoSuchSlot");
      await change(firstSlot, { anomalyPenalty: most, commitSlots: 1, cutOffSlots: 128 });
    });

    it("refuses slots so short that the ring overflows while those before wait", async () => {
      // (1 + 128)·60 s of waiting are 192 slots of 40.3 s.
      const { change, next, uploadAll, passCutOff, settle } = await fixture();
      await change(next + 1, { cutOffSlots: 128 });
      await uploadAll(next, readings(records));
      await passCutOff(next);
      await settle(next, readings(records));
      const { name, arguments: given } = await refusal(change(next + 200, { slotSeconds: 40 }));
      expect([name, given["what"]]).to.deep.equal(["SlotLedgerBadTerms", "slotSeconds"]);
      await change(next + 200, { slotSeconds: 41 });
    });

    it("waits until the ledger has come to the change before", async () => {
      const { change, next, uploadAll, passCutOff, settle } = await fixture();
      await change(next + 1, { reward: 20_000n });
      const { message } = await refusal(change(next + 9, {}));
      expect(message).to.equal(`SlotLedgerRulesPending(firstSlot = ${next + 1}, nextSlot = ${next})`);
      await uploadAll(next, readings(records));
      await passCutOff(next);
      await settle(next, readings(records));
      await change(next + 9, {});
    });
  });

  it("lets each slot go by the credits that held when it began", async () => {
    const { change, next, uploadAll, passCutOff, contracts, credits } = await fixture();
    await change(next + 1, { missingPenalty: 100_000n });
    const values = readings(records);
    values[0] = MISSING_VALUE;
    const moved: bigint[] = [];
    for (const slot of [next, next + 1]) await uploadAll(slot, values);
    await passCutOff(next + 1);
    for (const slot of [next, next + 1]) {
      const before = await credits();
      await contracts.ledger.closeIncomplete(slot, packBatch(values), "0x");
      moved.push((await credits())[3]! - before[3]!);
    }
    // Seat 3 owns nothing: it pays a third of what the others earn, Q or 10,000 less for the value that is missing.
    expect(moved[1]! - moved[0]!).to.be.oneOf([3_333n, 3_334n]);
  });

  it("keeps slots consecutive and time continuous over any changes, as the workers see them", async function run() {
    this.timeout(120_000);
    const change = fc.record({
      wait: fc.integer({ min: 1, max: 4 }),
      slotSeconds: fc.integer({ min: 40, max: 400 }),
      cutOffSlots: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const f = await fixture();
        const values = readings(records);
        let slot = f.next;
        for (const { wait, ...given } of changes) {
          const until = Math.max(slot, Number(await f.contracts.ledger.slotAt(await f.time.latest()))) + wait;
          await f.change(until, given);
          for (; slot < until; slot++) {
            const times = slotTimes(await readLedgerRules(f.contracts.ledger), slot);
            const now = await f.time.latest();
            if (now + 5 >= times.cutoff) {
              await f.time.increaseTo(Math.max(now + 1, times.cutoff));
              await f.contracts.ledger.closeIncomplete(slot, "0x", "0x");
              continue;
            }
            if (now < times.start) {
              await f.at(times.start - 1);
              const early = f.as(0).ledger.upload(slot, f.batchOf(values, 0));
              expect((await refusal(early)).name).to.equal("SlotLedgerNotOpen");
              await f.at(times.start);
            }
            for (const seat of [0, 1, 2]) await f.as(seat).ledger.upload(slot, f.batchOf(values, seat));
            await f.at(times.cutoff - 1);
            expect((await refusal(f.settle(slot, values))).name).to.equal("SlotLedgerTooEarly");
            await f.at(times.cutoff);
            await f.settle(slot, values);
          }
        }
        const { ledger } = f.contracts;
        const all = await readLedgerRules(ledger);
        expect(all).to.have.length(changes.length + 1);
        for (let s = Math.max(1, f.next - 3); s < slot + 5; s++) {
          const [before, times] = [slotTimes(all, s - 1), slotTimes(all, s)];
          expect(before.end).to.equal(times.start);
          for (const time of [times.start, times.end - 1]) {
            expect(Number(await ledger.slotAt(time))).to.equal(s);
            expect(slotAtTime(all, time)).to.equal(s);
          }
          expect(Number(await f.rules.firstSlotFrom(times.start))).to.equal(s);
          expect(Number(await f.rules.firstSlotFrom(times.start + 1))).to.equal(s + 1);
          if (s >= f.next) expect(await ledger.versionOf(s)).to.equal(1n);
        }
        expect(await ledger.versionOf(Math.max(0, f.next - 2))).to.equal(0n);
      }),
      { numRuns: 6, seed: 118, endOnFailure: true },
    );
  });
});

describe("the commit phase", () => {
  it("takes commitments until its end, batches from then to the cut-off, and settles on them", async () => {
    const f = await committing();
    const { slot, values, salt, commitmentOf, end } = f;
    const batch = (seat: number): Uint8Array => f.batchOf(values, seat);
    await expectRefused(f, () => f.as(0).ledger.upload(slot, batch(0)), "SlotLedgerCommitFirst", { slot });
    await expectRefused(f, () => f.as(0).ledger.supplement(slot, "0x0000000001"), "SlotLedgerCommitFirst");
    await expectRefused(
      f,
      () => f.contracts.ledger.connect(f.stranger).commit(slot, commitmentOf(0)),
      "SlotLedgerNotOwner",
    );
    for (const seat of [0, 1]) await f.as(seat).ledger.commit(slot, commitmentOf(seat));
    await expectRefused(
      f,
      () => f.as(0).ledger.commit(slot, f.ethers.id("other")),
      "SlotLedgerAlreadyCommitted",
    );
    await expectRefused(f, () => f.as(0).ledger.reveal(slot, batch(0), salt), "SlotLedgerRevealTooEarly", {
      from: end,
    });
    await f.at(end - 1);
    await f.as(2).ledger.commit(slot, commitmentOf(2));
    await f.at(end);
    await f.as(0).ledger.reveal(slot, batch(0), salt);
    for (const seat of [1, 2]) await f.as(seat).ledger.reveal(slot, batch(seat), salt);
    await expectRefused(f, () => f.as(0).ledger.reveal(slot, batch(0), salt), "SlotLedgerAlreadyUploaded");
    await f.passCutOff(slot);
    await f.settle(f.next, values);
    await f.settle(slot, values);
  });

  it("refuses a late commitment, a late batch, and one without a commitment, which count as missing", async () => {
    const f = await committing();
    const { slot, values, salt, commitmentOf, end } = f;
    await f.as(0).ledger.commit(slot, commitmentOf(0));
    await f.as(1).ledger.commit(slot, commitmentOf(1));
    await f.time.increaseTo(end);
    await expectRefused(f, () => f.as(2).ledger.commit(slot, commitmentOf(2)), "SlotLedgerCommitOver", {
      end,
    });
    await expectRefused(
      f,
      () => f.as(2).ledger.reveal(slot, f.batchOf(values, 2), salt),
      "SlotLedgerNoCommitment",
      { slot, seat: 2 },
    );
    await f.as(0).ledger.reveal(slot, f.batchOf(values, 0), salt);
    await f.passCutOff(slot);
    await expectRefused(f, () => f.as(1).ledger.reveal(slot, f.batchOf(values, 1), salt), "SlotLedgerCutOff");
    await f.settle(f.next, values);
    const closed = await f.contracts.ledger.closeIncomplete(slot, f.batchOf(values, 0), "0x");
    const receipt = (await closed.wait())!;
    const event = f.contracts.ledger.interface.parseLog(receipt.logs[0]!)!;
    expect(event.args.getValue("missing")).to.equal(BigInt(values.length - (records.metersBySeat[0] ?? 0)));
  });

  it("refuses other values, another salt, a copied commitment, and one of another slot", async () => {
    const f = await committing();
    const { slot, values, salt, commitmentOf, end } = f;
    await f.as(0).ledger.commit(slot, commitmentOf(0));
    // Seat 1 copies what seat 0 committed to; seat 2 uses the commitment of another slot.
    await f.as(1).ledger.commit(slot, commitmentOf(0));
    await f.as(2).ledger.commit(slot, commitmentOf(2, slot + 1));
    await f.time.increaseTo(end);
    const name = "SlotLedgerCommitmentMismatch";
    const other = values.map((value, i) => (i === 0 ? value + 1 : value));
    const reveal = (seat: number, batch: Uint8Array, secret: string) => () =>
      f.as(seat).ledger.reveal(slot, batch, secret);
    await expectRefused(f, reveal(0, f.batchOf(other, 0), salt), name, { slot, seat: 0 });
    await expectRefused(f, reveal(0, f.batchOf(values, 0), f.ethers.id("another")), name);
    await expectRefused(f, reveal(0, f.batchOf(values, 0).slice(3), salt), name);
    await expectRefused(f, reveal(1, f.batchOf(values, 0), salt), name, { seat: 1 });
    await expectRefused(f, reveal(1, f.batchOf(values, 1), salt), name);
    await expectRefused(f, reveal(2, f.batchOf(values, 2), salt), name, { seat: 2 });
    await f.as(0).ledger.reveal(slot, f.batchOf(values, 0), salt);
  });

  it("is over for a slot without one", async () => {
    const f = await fixture();
    await f.uploadAll(f.next, readings(records), []);
    const salt = f.ethers.ZeroHash;
    await expectRefused(f, () => f.as(0).ledger.commit(f.next, salt), "SlotLedgerNoCommitments");
    await expectRefused(f, () => f.as(0).ledger.reveal(f.next, "0x", salt), "SlotLedgerNoCommitments");
  });
});
