import type { Outcome } from "../../../../workers/measurement/problem.js";
import { expect } from "chai";
import { Wallet } from "ethers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { meterPlace, type MeterReading, signReading } from "../../../../workers/crypto/meterReading.js";
import { parseCsvRow } from "../../../../workers/operator/ingest/parseCsvRow.js";
import { parseJsonRow } from "../../../../workers/operator/ingest/parseJsonRow.js";
import { parseRow } from "../../../../workers/operator/ingest/parseRow.js";
import { quantise } from "../../../../workers/measurement/quantise.js";
import { readCsvHeader } from "../../../../workers/operator/ingest/readCsvHeader.js";
import { splitCsvLine } from "../../../../workers/measurement/splitCsvLine.js";
import type { IngestContext, RawRow, Reading } from "../../../../workers/operator/ingest/types.js";

const genesis = Date.parse("2026-01-01T00:00:00Z") / 1000;

const context: IngestContext = {
  meters: new Map([
    ["own", { index: 0, kind: "injection", own: true, rangeCounts: 2 ** 20 }],
    ["pmu", { index: 1, kind: "pmu", own: true, rangeCounts: 2 ** 22 }],
    ["foreign", { index: 2, kind: "flowFrom", own: false, rangeCounts: 2 ** 20 }],
  ]),
  rules: [{ firstSlot: 0, start: genesis, slotSeconds: 10, cutoffSlots: 2, commitSlots: 0 }],
  now: genesis + 100,
  powerUnitKw: 1,
  maxAheadSeconds: 60,
};

const good: RawRow = {
  time: "2026-01-01T00:01:40Z",
  timezone: "",
  meter: "own",
  value: "12.4",
  unit: "kW",
  quality: "",
  signature: "",
};

function judge(change: Partial<RawRow>, changed: Partial<IngestContext> = {}): Outcome<Reading> {
  return parseRow({ ...good, ...change }, { ...context, ...changed });
}

function code(change: Partial<RawRow>, changed: Partial<IngestContext> = {}): string {
  const outcome = judge(change, changed);
  return "problem" in outcome ? outcome.problem.code : "taken";
}

/** The start of a slot. */
function at(slot: number): Partial<RawRow> {
  return { time: new Date((genesis + 10 * slot) * 1000).toISOString() };
}

function taken(quality: string, counts: number | undefined): unknown {
  return { value: { slot: 10, meter: "own", counts, quality } };
}

describe("parseRow", () => {
  it("takes a good row", () => {
    expect(judge({})).to.deep.equal({ value: { slot: 10, meter: "own", counts: 12, quality: "good" } });
  });

  it("takes suspect values, and bad and missing rows without one", () => {
    expect(judge({ quality: "Suspect" })).to.deep.equal(taken("suspect", 12));
    expect(judge({ quality: "bad" })).to.deep.equal(taken("bad", undefined));
    expect(judge({ quality: "missing", value: "", unit: "" })).to.deep.equal(taken("missing", undefined));
  });

  describe("of a meter with a key", () => {
    const domain = { chainId: 7n, meterKeys: `0x${"ab".repeat(20)}` };
    const [first, second] = ["11", "22"].map((byte) => new Wallet(`0x${byte.repeat(32)}`)) as [
      Wallet,
      Wallet,
    ];
    const place = meterPlace("injection", 3);
    const signing = {
      place,
      keys: [
        { fromSlot: 8, key: first.address },
        { fromSlot: 11, key: second.address },
        { fromSlot: 12, key: undefined },
      ],
    };
    const pmuPlace = meterPlace("pmu", 4);
    const signed: Partial<IngestContext> = {
      domain,
      meters: new Map([
        ["own", { index: 0, kind: "injection", own: true, rangeCounts: 2 ** 20, signing }],
        [
          "pmu",
          {
            index: 1,
            kind: "pmu",
            own: true,
            rangeCounts: 2 ** 22,
            signing: { ...signing, place: pmuPlace },
          },
        ],
      ]),
    };
    const sign = (value: bigint, change: Partial<MeterReading> = {}, key = first): string =>
      signReading(key.privateKey, domain, { slot: 10, place, value, ...change });

    it("takes what its key signed, and counts the signed value", () => {
      const signature = sign(12_400n);
      expect(judge({ signature }, signed)).to.deep.equal({
        value: { slot: 10, meter: "own", counts: 12, quality: "good", signed: { value: 12_400n, signature } },
      });
      // 12.4996 kW in the file, 12.5 kW signed: what was signed is uploaded.
      const rounded = judge({ value: "12.4996", signature: sign(12_500n) }, signed);
      expect("value" in rounded && rounded.value.counts).to.equal(13);
      const mw = judge({ value: "-0.0124", unit: "MW", signature: sign(-12_400n) }, signed);
      expect("value" in mw && mw.value.counts).to.equal(-12);
    });

    it("takes a PMU's nanoradians", () => {
      const signature = sign(-123_456_789n, { place: pmuPlace });
      const row = { meter: "pmu", value: "-0.123456789", unit: "rad", signature };
      const found = judge(row, signed);
      expect("value" in found && found.value.counts).to.equal(Math.round(-0.123456789 * 2 ** 20));
    });

    it("names a row without a signature, and one with another's", () => {
      expect(code({}, signed)).to.equal("unsigned");
      const wrong = [
        sign(12_401n),
        sign(12_400n, { slot: 11 }),
        sign(12_400n, { place: place + 1 }),
        sign(12_400n, {}, second),
        signReading(first.privateKey, { ...domain, chainId: 8n }, { slot: 10, place, value: 12_400n }),
        "0x",
        "signed",
        sign(12_400n).slice(0, -2),
      ];
      for (const signature of wrong) expect(code({ signature }, signed), signature).to.equal("badSignature");
      expect(code({ value: "1e300", signature: sign(1n) }, signed)).to.equal("outOfRange");
    });

    it("goes by the key of the slot", () => {
      expect(code({ ...at(11), signature: sign(12_400n, { slot: 11 }) }, signed)).to.equal("badSignature");
      expect(code({ ...at(11), signature: sign(12_400n, { slot: 11 }, second) }, signed)).to.equal("taken");
      // Retired; and, in another history, not there yet.
      expect(code(at(12), signed)).to.equal("taken");
      const later = new Map([
        [
          "own",
          { ...signed.meters!.get("own")!, signing: { place, keys: [{ fromSlot: 11, key: first.address }] } },
        ],
      ]);
      expect(code({}, { ...signed, meters: later })).to.equal("taken");
    });

    it("asks for no signature where there is no value", () => {
      expect(code({ quality: "missing", value: "", unit: "" }, signed)).to.equal("taken");
    });
  });

  const cases: [string, Partial<RawRow>, Partial<IngestContext>?][] = [
    ["malformed", { meter: "" }],
    ["malformed", { value: "" }],
    ["malformed", { value: "12,4" }],
    ["malformed", { value: "0x10" }],
    ["malformed", { value: "NaN" }],
    ["malformed", { value: "Infinity" }],
    ["malformed", { quality: "fine" }],
    ["malformed", { time: "yesterday" }],
    ["unknownMeter", { meter: "Own" }],
    ["foreignMeter", { meter: "foreign" }],
    ["badUnit", { unit: "" }],
    ["badUnit", { unit: "kWh" }],
    ["badUnit", { unit: "rad" }],
    ["badUnit", { unit: "mW" }],
    ["badUnit", { meter: "pmu", unit: "kW" }],
    ["misaligned", { time: "2026-01-01T00:01:41Z" }],
    ["misaligned", { time: "2026-01-01T00:01:40.5Z" }],
    ["beforeGenesis", { time: "2025-12-31T23:59:50Z" }],
    ["outOfRange", { value: "1048576" }],
    ["outOfRange", { value: "-1e300" }],
    ["outOfRange", { meter: "pmu", value: "4", unit: "rad" }],
    ["tooFarAhead", { time: "2026-01-01T00:02:50Z" }],
    ["taken", { time: "2026-01-01T00:02:40Z" }],
    ["taken", { value: "1048575.49" }],
    ["taken", { value: "-1048.575", unit: "MW" }],
    // The cut-off of slot 10 is 30 s after its start: at that instant it is too late.
    ["taken", {}, { now: genesis + 129.999 }],
    ["tooLate", {}, { now: genesis + 130 }],
  ];
  for (const [expected, change, changed] of cases) {
    it(`${expected}: ${JSON.stringify({ ...change, ...changed })}`, () => {
      expect(code(change, changed)).to.equal(expected);
    });
  }

  it("names the value and what was expected in one line", () => {
    for (const [, change, changed] of cases) {
      const outcome = judge(change, changed);
      if ("problem" in outcome) expect(outcome.problem.message).to.match(/^[a-z]+: [^\n]{10,}$/);
    }
  });
});

describe("quantise", () => {
  const power = { kind: "injection", rangeCounts: 2 ** 22 } as const;
  const pmu = { kind: "pmu", rangeCounts: 2 ** 22 } as const;

  for (const [value, unit, meter, unitKw, counts] of [
    [1.5, "MW", power, 1, 1500],
    [1500, "W", power, 1, 2],
    [1499, "w", power, 1, 1],
    [-1.5, "kW", power, 1, -2],
    [-0.4, "kW", power, 1, 0],
    [1234, "MW", power, 10, 123_400],
    [180, "deg", pmu, 1, 3_294_199],
    [-1000, "mrad", pmu, 10, -1_048_576],
    [2 ** -20, "rad", pmu, 1, 1],
  ] as const) {
    it(`${value} ${unit} in counts of ${unitKw} kW is ${counts}`, () => {
      expect(quantise(value, unit, meter, unitKw)).to.deep.equal({ value: counts });
    });
  }

  it("is within half a count, and odd", () => {
    fc.assert(
      fc.property(fc.double({ min: -4e6, max: 4e6, noNaN: true }), (value) => {
        const up = quantise(value, "kW", power, 1);
        const down = quantise(-value, "kW", power, 1);
        if (!("value" in up) || !("value" in down)) throw new Error("out of range");
        expect(Math.abs(up.value - value)).to.be.at.most(0.5);
        expect(up.value + down.value).to.equal(0);
      }),
    );
  });
});

describe("CSV", () => {
  it("splits quoted fields, and refuses unbalanced quotes", () => {
    expect(splitCsvLine('a, "b, ""c""" ,d', ",")).to.deep.equal(["a", 'b, "c"', "d"]);
    expect(splitCsvLine("a,,", ",")).to.deep.equal(["a", "", ""]);
    expect(splitCsvLine("", ",")).to.deep.equal([""]);
    expect(splitCsvLine('"a', ",")).to.equal(undefined);
    expect(splitCsvLine('"a"b', ",")).to.equal(undefined);
    expect(splitCsvLine('a"b', ",")).to.equal(undefined);
  });

  it("reads back any fields that were quoted", () => {
    const field = fc.string().filter((text) => text === text.trim());
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), fc.constantFrom(",", ";"), (fields, delimiter) => {
        const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
        expect(splitCsvLine(line, delimiter)).to.deep.equal(fields);
      }),
    );
  });

  it("finds columns by name, in any order and case", () => {
    const header = readCsvHeader("Value; unit;note;METER;time");
    if ("problem" in header) throw new Error(header.problem.message);
    expect(parseCsvRow("1;kW;x;m;t", header.value)).to.deep.equal({
      value: { time: "t", timezone: "", meter: "m", value: "1", unit: "kW", quality: "", signature: "" },
    });
    expect(parseCsvRow("1;kW;x;m", header.value)).to.have.nested.property("problem.code", "malformed");
  });

  it("names the columns that a header lacks or repeats", () => {
    expect(readCsvHeader("time,meter"))
      .to.have.nested.property("problem.message")
      .that.contains("value, unit");
    expect(readCsvHeader("time,meter,value,unit,time"))
      .to.have.nested.property("problem.message")
      .that.contains("time occurs twice");
  });
});

describe("JSON lines", () => {
  it("reads numbers and texts", () => {
    const row = { time: "t", meter: 7, value: -1.5e-3, unit: "MW", quality: null };
    expect(parseJsonRow(JSON.stringify(row))).to.deep.equal({
      value: {
        time: "t",
        timezone: "",
        meter: "7",
        value: "-0.0015",
        unit: "MW",
        quality: "",
        signature: "",
      },
    });
  });

  for (const line of ["{", "[]", "null", "3", '{"value":true}', '{"time":5}', '{"unit":{}}']) {
    it(`refuses ${line}`, () => {
      expect(parseJsonRow(line)).to.have.nested.property("problem.code", "malformed");
    });
  }
});
