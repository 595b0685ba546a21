import { expect } from "chai";
import { before, describe, it } from "mocha";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import {
  joinSupplements,
  packAngles,
  packBatch,
  packSupplement,
  unpackAngles,
} from "../../../workers/measurement/packValues.js";
import { ledgerFixture, refusal } from "./ledgerFixture.js";
import { readings, tinyVersion } from "./tinyVersion.js";

describe("a settlement with one bit turned", () => {
  const records = tinyVersion();
  const values = readings(records);
  const uploaded = values.map((v, meter) => (meter === 1 || meter === 4 ? MISSING_VALUE : v));
  const supplements = [
    packSupplement([{ position: 1, value: values[1]! }]),
    packSupplement([{ position: 1, value: values[4]! }]),
  ];
  const digits = 80n + BigInt(records.geometry.weightDigits);
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let slot: number;
  let honest: { values: Uint8Array; supplements: Uint8Array; angles: Uint8Array };
  before(async () => {
    f = await ledgerFixture(records);
    slot = await f.nextSlot();
    await f.uploadAll(slot, uploaded);
    for (const [seat, entries] of supplements.entries()) await f.as(seat).ledger.supplement(slot, entries);
    await f.passCutOff(slot);
    honest = {
      values: packBatch(uploaded),
      supplements: joinSupplements(supplements),
      angles: packAngles(f.estimate(values)),
    };
  });

  const settle = async (part: Partial<typeof honest>): Promise<void> => {
    const { values: v, supplements: s, angles: a } = { ...honest, ...part };
    await f.contracts.ledger.settle.staticCall(slot, v, s, a);
  };

  it("is refused in every bit of the values", async () => {
    for (let bit = 0; bit < 8 * honest.values.length; bit++) {
      const { name, arguments: args } = await refusal(settle({ values: turned(honest.values, bit) }));
      const seat = bit < 72 ? 0 : bit < 144 ? 1 : 2;
      expect([name, args.seat], `bit ${bit}`).to.deep.equal(["SlotLedgerValuesMismatch", String(seat)]);
    }
  });

  it("is refused in every bit of the supplements and of their lengths", async () => {
    for (let bit = 0; bit < 8 * honest.supplements.length; bit++) {
      const { name } = await refusal(settle({ supplements: turned(honest.supplements, bit) }));
      const inLength = bit % 64 < 24;
      const allowed = inLength
        ? ["SlotLedgerSupplementsLength", "SlotLedgerValuesMismatch"]
        : ["SlotLedgerValuesMismatch"];
      expect(allowed, `bit ${bit}`).to.include(name);
    }
  });

  it("is refused in every bit of the angles, or J is over-stated by at most the η that is proved and allowed", async () => {
    const best = certificate(records, values, unpackAngles(honest.angles));
    const { networkHelpers } = f.connection;
    const seen = { reference: 0, refused: 0, accepted: 0 };
    for (let bit = 0; bit < 8 * honest.angles.length; bit++) {
      const angles = turned(honest.angles, bit);
      const got = certificate(records, values, unpackAngles(angles));
      const outcome = await settle({ angles }).then(
        () => undefined,
        async (error: unknown) => await refusal(Promise.reject(error as Error)),
      );
      if (bit < 40) {
        expect(outcome?.name).to.equal("SlotLedgerReferenceAngle");
        seen.reference++;
      } else if (outcome !== undefined) {
        expect(outcome.name, `bit ${bit}`).to.equal("SlotLedgerOverStated");
        expect(BigInt(outcome.arguments.overStatementQ64!)).to.equal(got.overStatement >> (digits - 64n));
        expect(BigInt(outcome.arguments.overStatementQ64!) >= BigInt(outcome.arguments.allowedQ64!)).to.equal(
          true,
        );
        seen.refused++;
      } else {
        const snapshot = await networkHelpers.takeSnapshot();
        await f.contracts.ledger.settle(slot, honest.values, honest.supplements, angles);
        const [event] = await f.contracts.ledger.queryFilter(f.contracts.ledger.filters.SlotSettled(slot));
        await snapshot.restore();
        const { objectiveQ32, thresholdQ32, overStatementQ64 } = event!.args;
        expect(objectiveQ32).to.equal(got.objective >> (digits - 32n));
        expect(overStatementQ64).to.equal(got.overStatement >> (digits - 64n));
        expect(overStatementQ64 * 1_000_000n <= thresholdQ32 << 32n).to.equal(true);
        expect(got.objective - best.objective <= got.overStatement).to.equal(true);
        seen.accepted++;
      }
    }
    expect(seen.reference).to.equal(40);
    expect(seen.refused).to.be.above(40);
    expect(seen.accepted).to.be.above(3);
  });

  it("is accepted without one", async () => {
    await settle({});
  });
});

function turned(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = copy[bit >> 3]! ^ (0x80 >> (bit & 7));
  return copy;
}
