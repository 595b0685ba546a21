import { expect } from "chai";
import { describe, it } from "mocha";
import { parseFounding } from "../../../workers/chain/foundersFile.js";

const founder = (i: number) => ({ name: `Operator ${i}`, account: `0x${String(i).padStart(40, "0")}` });
const founders = (count: number) => Array.from({ length: count }, (_, i) => founder(i + 1));

describe("parseFounding", () => {
  it("fills in what is left out", () => {
    const { deposit, vetoSeconds, clock, terms } = parseFounding({ founders: founders(4) }, "f.json");
    expect(deposit).to.equal(10n ** 12n);
    expect(vetoSeconds).to.equal(3_600);
    expect(clock).to.deep.equal({
      genesis: undefined,
      slotSeconds: 300,
      cutOffSlots: 2,
      expirySlots: 288,
      commitSlots: 0,
    });
    expect(terms).to.include({ reward: 10_000n, missingPenalty: 90_000n, anomalyPenalty: 20_000n });
    // The 99 % quantile of the normal distribution, 2.3263478740.
    expect(Number(terms.normalQuantileQ32) / 2 ** 32 - 2.326347874).to.be.within(-1e-9, 1e-9);
  });

  it("keeps the anomaly penalty at what the ledger takes, however many found", () => {
    for (const count of [1, 2, 6, 7, 50]) {
      const { anomalyPenalty, reward, missingPenalty } = parseFounding(
        { founders: founders(count) },
        "f",
      ).terms;
      expect(anomalyPenalty * BigInt(count - 1) <= reward + missingPenalty).to.equal(true);
    }
  });

  it("takes credits beyond 2^53 as strings", () => {
    const deposit = "12345678901234567890";
    expect(parseFounding({ founders: founders(1), deposit }, "f").deposit).to.equal(BigInt(deposit));
    const beyond = { founders: founders(1), deposit: (2n ** 64n).toString() };
    expect(() => parseFounding(beyond, "f")).to.throw("expected less than 2^64 credits");
  });

  it("names every field that is wrong, in one line", () => {
    const wrong = {
      founders: [{ name: "A", account: "0x1" }],
      deposit: 2 ** 60,
      clock: { slotSeconds: 0 },
      terms: { falseAlarmRate: 0.9 },
      extra: 1,
    };
    const message = messageOf(() => parseFounding(wrong, "f.json"));
    for (const field of [
      "founders.0.account",
      "deposit",
      "clock.slotSeconds",
      "terms.falseAlarmRate",
      "extra",
    ]) {
      expect(message).to.include(field);
    }
    expect(message).to.match(/^f\.json: [^\n]*$/);
  });

  it("refuses two founders of one name: metering plans name owners", () => {
    const two = [founder(1), { ...founder(2), name: "Operator 1" }];
    expect(messageOf(() => parseFounding({ founders: two }, "f"))).to.include(
      "two founders have the name Operator 1",
    );
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing was refused");
}
