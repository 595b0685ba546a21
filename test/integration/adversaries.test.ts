import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { MISSING_VALUE } from "../../workers/grid/version/constants.js";
import { packAngles, packBatch } from "../../workers/measurement/packValues.js";
import { expectRefused } from "../contracts/measurement/ledgerFixture.js";
import { testTerms } from "../support/sharedGrid.js";
import { type AdversaryGame, adversaryGame, operatorNames } from "./adversaryGame.js";

const REWARD = Number(testTerms.reward);
const MISSING = Number(testTerms.missingPenalty);
const ANOMALY = Number(testTerms.anomalyPenalty);
const OTHERS = operatorNames.length - 1;
/** Credits that rounding may move between operators in a slot. */
const ROUNDING = 8;

/** The paper's "persistently adversarial operator" (003, section 3.2), each type of behaviour on the real contracts. */
describe("persistent adversarial behaviour", function suite() {
  this.timeout(120_000);
  let game: AdversaryGame;
  let restore: () => Promise<void>;
  before(async () => {
    game = await adversaryGame();
    const snapshot = await game.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  describe("1: refraining from registering valid meters", () => {
    const left = "F1";
    let without: AdversaryGame;
    before(async () => {
      without = await adversaryGame((meters) => meters.filter(({ id }) => id !== left));
    });

    it("does not pay: each slot brings R less than with the meter, and R/(n-1) more to each of the others", async () => {
      const seat = game.seatOf(left);
      const [registered, kept] = [await game.play(), await without.play()];
      expect([registered.complete, registered.alarm, kept.complete, kept.alarm]).to.deep.equal([
        true,
        false,
        true,
        false,
      ]);
      for (const [other, change] of kept.changes.entries()) {
        const lost = registered.changes[other]! - change;
        expect(lost).to.be.closeTo(other === seat ? REWARD : -Math.round(REWARD / OTHERS), ROUNDING);
      }
    });

    it("pays only for a meter that is offline more often than R/(R+Q): ten slots at, below and above it", async () => {
      const seat = game.seatOf(left);
      const meter = game.numberOf(left);
      const slots = 10;
      let unregistered = 0;
      for (let slot = 0; slot < slots; slot++) unregistered += (await without.play()).changes[seat]!;
      for (const offline of [0, 1, 2]) {
        await restore();
        let gained = 0;
        for (let slot = 0; slot < slots; slot++)
          gained += (await game.play((values) => slot < offline && (values[meter] = MISSING_VALUE))).changes[
            seat
          ]!;
        // R/(R+Q) is a tenth.
        const expected = slots * REWARD - offline * (REWARD + MISSING);
        expect(gained - unregistered, `${offline} of ${slots} offline`).to.be.closeTo(
          expected,
          slots * ROUNDING,
        );
      }
    });
  });

  describe("2: uploading fake measurements from offline or non-existing meters", () => {
    it("is refused for a meter that is not registered: a batch has one value for each that is", async () => {
      const slot = await game.nextSlot();
      const own = game.metersOf(0).length;
      await game.time.increaseTo(game.startOf(slot));
      const invented = new Uint8Array([...game.batchOf(game.honest(slot), 0), 0, 0, 1]);
      await expectRefused(game, () => game.as(0).ledger.upload(slot, invented), "SlotLedgerBatchLength", {
        got: 3 * own + 3,
        want: 3 * own,
      });
    });

    it("does not pay for a meter that is registered and does not exist: it costs more than it earns", async () => {
      const line = game.meters.find(({ id }) => id === "F10")!;
      const invented = { ...line, id: "T10", kind: "flowTo" as const };
      const forged = await adversaryGame((meters) => [...meters, invented]);
      const seat = forged.seatOf("T10");
      let [without, withIt] = [0, 0];
      for (let slot = 0; slot < 4; slot++) {
        without += (await game.play()).changes[seat]!;
        const played = await forged.play((values) => (values[forged.numberOf("T10")] = 0));
        expect(played.alarm).to.equal(true);
        expect(played.suspect).to.be.oneOf(["T10", "F10"]);
        withIt += played.changes[seat]!;
      }
      expect(withIt).to.be.below(without);
    });

    it("is penalised for a meter that is offline: the alarm names it and charges its owner", async () => {
      const id = "F7";
      const seat = game.seatOf(id);
      const honest = await game.play();
      // The line's flow has changed since the value that is repeated.
      const fake = await game.play(
        (values) => (values[game.numberOf(id)]! += game.counts(40 * game.sigma(id))),
      );
      expect(fake.alarm).to.equal(true);
      expect(fake.suspect).to.equal(id);
      expect(fake.changes[seat]!).to.be.below(honest.changes[seat]! - ANOMALY / 4);
      expect(Math.min(...fake.changes.map((change, other) => change - honest.changes[other]!))).to.equal(
        fake.changes[seat]! - honest.changes[seat]!,
      );
    });
  });

  describe("3: taking its own meters offline by disconnecting them from the network", () => {
    for (const count of [1, 3, Infinity]) {
      it(`does not pay: ${count === Infinity ? "all" : count} offline cost R+Q each, shared out among the others`, async () => {
        const seat = 1;
        const honest = await game.play();
        const taken = game.metersOf(seat).slice(0, count);
        const played = await game.play((values) => {
          for (const meter of taken) values[meter] = MISSING_VALUE;
        });
        expect(played.complete).to.equal(false);
        for (const [other, change] of played.changes.entries()) {
          const cost = taken.length * (REWARD + MISSING);
          const expected = other === seat ? -cost : Math.round(cost / OTHERS);
          expect(change - honest.changes[other]!).to.be.closeTo(expected, ROUNDING);
        }
      });
    }

    it("does not even pay to escape the charge of an alarm", async () => {
      const id = "F7";
      const seat = game.seatOf(id);
      const falsify = (values: number[]): void => {
        values[game.numberOf(id)]! += game.counts(40 * game.sigma(id));
      };
      const charged = await game.play(falsify);
      expect(charged.alarm).to.equal(true);
      const escaped = await game.play((values) => {
        falsify(values);
        values[game.metersOf(seat)[0]!] = MISSING_VALUE;
      });
      expect(escaped.complete).to.equal(false);
      expect(escaped.changes[seat]!).to.be.below(charged.changes[seat]! - (REWARD + MISSING - ANOMALY));
    });
  });

  describe("4: preventing another operator's meters from sharing measurements", () => {
    const victim = 2;
    const attacker = 0;

    it("is refused on the chain: nobody uploads for another, settles early, alters or leaves out its batch", async () => {
      const slot = await game.nextSlot();
      const credits = await game.credits();
      const values = game.honest(slot);
      const altered = [...values];
      altered[game.metersOf(victim)[0]!]!++;
      const { ledger } = game.as(attacker);
      await game.uploadAll(slot, values, [0, 1, 3]);

      // A batch in the victim's place lands on the attacker's own seat, and that has one already.
      const stolen = game.batchOf(values, attacker);
      await expectRefused(game, () => ledger.upload(slot, stolen), "SlotLedgerAlreadyUploaded", {
        seat: attacker,
      });
      const stranger = game.contracts.ledger;
      await expectRefused(
        game,
        () => stranger.upload(slot, game.batchOf(values, victim)),
        "SlotLedgerNotOwner",
      );
      // Closing the slot before the victim's values are due.
      const early = values.filter((_, meter) => !game.metersOf(victim).includes(meter));
      await expectRefused(
        game,
        () => ledger.closeIncomplete(slot, packBatch(early), "0x"),
        "SlotLedgerTooEarly",
      );
      await game.as(victim).ledger.upload(slot, game.batchOf(values, victim));
      await game.passCutOff(slot);
      await expectRefused(
        game,
        () => ledger.closeIncomplete(slot, packBatch(values), "0x"),
        "SlotLedgerNothingMissing",
      );
      const angles = packAngles(game.estimate(altered));
      await expectRefused(
        game,
        () => ledger.settle(slot, packBatch(altered), "0x", angles),
        "SlotLedgerValuesMismatch",
        {
          seat: victim,
        },
      );
      await expectRefused(
        game,
        () => ledger.closeIncomplete(slot, packBatch(early), "0x"),
        "SlotLedgerValuesLength",
      );

      const { changes, complete } = await game.finish(slot, values, credits);
      expect(complete).to.equal(true);
      const honest = await game.play();
      for (const [seat, change] of changes.entries())
        expect(change).to.be.closeTo(honest.changes[seat]!, ROUNDING);
    });

    it("brings nothing to sealers who leave its values out of their blocks, as long as T outlasts those", async () => {
      const slot = await game.nextSlot();
      const credits = await game.credits();
      const values = game.honest(slot);
      await game.uploadAll(slot, values, [0, 1, 3]);
      // Two of four signers seal two blocks in a row at most; the third is an honest one.
      await game.time.increaseTo(game.startOf(slot + 1));
      for (let block = 0; block < 2; block++) await game.connection.networkHelpers.mine();
      expect([...(await game.contracts.ledger.uploadsOf(slot, victim))]).to.deep.equal([false, false]);
      await game.as(victim).ledger.upload(slot, game.batchOf(values, victim));
      const { changes, complete } = await game.finish(slot, values, credits);
      expect(complete).to.equal(true);
      const honest = await game.play();
      for (const [seat, change] of changes.entries())
        expect(change).to.be.closeTo(honest.changes[seat]!, ROUNDING);
    });

    it("would bring (R+Q)/(n-1) a value if it lasted beyond the cut-off, which is why T must be longer (Corollary 3)", async () => {
      const honest = await game.play();
      const slot = await game.nextSlot();
      const credits = await game.credits();
      const values = game.honest(slot);
      await game.uploadAll(slot, values, [0, 1, 3]);
      await game.passCutOff(slot);
      await expectRefused(
        game,
        () => game.as(victim).ledger.upload(slot, game.batchOf(values, victim)),
        "SlotLedgerCutOff",
      );
      const there = values.filter((_, meter) => !game.metersOf(victim).includes(meter));
      await game.contracts.ledger.closeIncomplete(slot, packBatch(there), "0x");
      const after = await game.credits();
      const gained = Number(after[attacker]! - credits[attacker]!) - honest.changes[attacker]!;
      const expected = Math.round((game.metersOf(victim).length * (REWARD + MISSING)) / OTHERS);
      expect(gained).to.be.closeTo(expected, ROUNDING);
    });
  });

  describe("5: uploading distorted measurements", () => {
    it("is penalised when input signals are manipulated: the alarm names the meter, its owner pays, the others gain", async () => {
      const honest = await game.play();
      for (const id of ["F1", "F7", "F15"]) {
        const seat = game.seatOf(id);
        const played = await game.play(
          (values) => (values[game.numberOf(id)]! -= game.counts(30 * game.sigma(id))),
        );
        expect([played.alarm, played.suspect]).to.deep.equal([true, id]);
        const moved = played.changes.map((change, other) => change - honest.changes[other]!);
        expect(moved[seat]!).to.be.within(-ANOMALY, -ANOMALY / 4);
        expect(Math.min(...moved)).to.equal(moved[seat]!);
        expect(Math.max(...moved)).to.be.above(0);
      }
    });

    it("is penalised when a meter sits at another place than is claimed", async () => {
      const [claimed, actual] = ["F7", "F1"];
      const seat = game.seatOf(claimed);
      const honest = await game.play();
      const played = await game.play(
        (values) => (values[game.numberOf(claimed)] = values[game.numberOf(actual)]!),
      );
      expect([played.alarm, played.suspect]).to.deep.equal([true, claimed]);
      expect(played.changes[seat]!).to.be.below(honest.changes[seat]! - ANOMALY / 4);
    });

    it("brings nothing while it is too small to be seen", async () => {
      const honest = await game.play();
      const played = await game.play(
        (values) => (values[game.numberOf("F7")]! += game.counts(game.sigma("F7"))),
      );
      expect(played.alarm).to.equal(false);
      for (const [seat, change] of played.changes.entries())
        expect(change).to.be.closeTo(honest.changes[seat]!, ROUNDING);
    });

    it("counts as missing beyond the meter's range, and costs R+Q", async () => {
      const meter = game.numberOf("F7");
      const seat = game.seatOf("F7");
      const honest = await game.play();
      const slot = await game.nextSlot();
      const credits = await game.credits();
      const values = game.honest(slot);
      values[meter] = 2 ** game.records.directory[meter]!.rangeBits;
      await game.uploadAll(slot, values);
      await game.passCutOff(slot);
      await game.contracts.ledger.closeIncomplete(slot, packBatch(values), "0x");
      const after = await game.credits();
      const moved = Number(after[seat]! - credits[seat]!) - honest.changes[seat]!;
      expect(moved).to.be.closeTo(-(REWARD + MISSING), ROUNDING);
    });
  });
});
