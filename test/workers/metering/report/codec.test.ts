import { expect } from "chai";
import * as fc from "fast-check";
import { hexlify, toBeArray } from "ethers";
import { describe, it } from "mocha";
import { MOST_S, ORDER } from "../../../../workers/crypto/curve.js";
import { decodeReport } from "../../../../workers/metering/report/decodeReport.js";
import { encodeReport } from "../../../../workers/metering/report/encodeReport.js";
import type { ReportFlaw } from "../../../../workers/metering/report/errors.js";
import { LAYOUT, REPORT_BYTES } from "../../../../workers/metering/report/layout.js";
import { packReports } from "../../../../workers/metering/report/packReports.js";
import { paperReportBits, reportBits } from "../../../../workers/metering/report/reportBits.js";
import { unpackReports } from "../../../../workers/metering/report/unpackReports.js";
import { flawOf, testReport } from "./reportFixture.js";

/** A valid report with bytes put over a part of it. */
function spoilt(part: keyof typeof LAYOUT, bytes: Uint8Array | number[], skip = 0): Uint8Array {
  const report = encodeReport(testReport());
  report.set(bytes, LAYOUT[part].at + skip);
  return report;
}

const word = (value: bigint): Uint8Array => {
  const bytes = toBeArray(value);
  return Uint8Array.from([...new Uint8Array(32 - bytes.length), ...bytes]);
};

describe("a usage report as bytes", () => {
  it("fills 158 bytes without gap or overlap", () => {
    let at = 0;
    for (const part of Object.values(LAYOUT)) {
      expect(part.at).to.equal(at);
      at += part.bytes;
    }
    expect(at).to.equal(REPORT_BYTES).and.to.equal(158);
  });

  it("lies as the page says", () => {
    const report = testReport();
    const bytes = encodeReport(report);
    const parts = [
      "00000005",
      report.time.toString(16).padStart(8, "0"),
      "03",
      ...(["ephemeralKey", "sealedUsage", "tag", "hash", "signature"] as const).map((part) =>
        hexlify(report[part]).slice(2),
      ),
    ];
    expect(hexlify(bytes)).to.equal(`0x${parts.join("")}`);
  });

  it("comes back as it went", () => {
    const report = testReport();
    expect(decodeReport(encodeReport(report))).to.deep.equal(report);
    const batch = packReports([report, encodeReport(testReport({ usageWh: 3 })), report]);
    expect(batch).to.have.length(3 * REPORT_BYTES);
    const back = unpackReports(batch);
    expect([back[0], back[2]]).to.deep.equal([report, report]);
  });

  it("counts 1,264 bits beside the paper's 1,346", () => {
    const { parts, total } = reportBits();
    expect(parts.reduce((sum, { bits }) => sum + bits, 0))
      .to.equal(total)
      .and.to.equal(1_264);
    expect(paperReportBits().total).to.equal(1_346);
  });
});

describe("a report that is refused", () => {
  const cases: readonly [string, ReportFlaw, () => Uint8Array][] = [
    ["nothing", "wrong-length", () => new Uint8Array(0)],
    ["a byte short", "wrong-length", () => encodeReport(testReport()).subarray(1)],
    ["a byte long", "oversize", () => Uint8Array.from([...encodeReport(testReport()), 0])],
    ["a megabyte", "oversize", () => new Uint8Array(1_000_000)],
    ["zeros", "malformed", () => new Uint8Array(REPORT_BYTES)],
    ["meter 0", "malformed", () => spoilt("meter", [0, 0, 0, 0])],
    ["time 0", "malformed", () => spoilt("time", [0, 0, 0, 0])],
    ["the point at infinity", "point-at-infinity", () => spoilt("ephemeralKey", new Uint8Array(33))],
    ["an uncompressed point", "unknown-point", () => spoilt("ephemeralKey", [4])],
    ["x of no point", "unknown-point", () => spoilt("ephemeralKey", word(5n), 1)],
    ["x above the field", "unknown-point", () => spoilt("ephemeralKey", new Uint8Array(32).fill(255), 1)],
    ["r zero", "zero-signature", () => spoilt("signature", new Uint8Array(32))],
    ["s zero", "zero-signature", () => spoilt("signature", new Uint8Array(32), 32)],
    ["s zero, parity 1", "zero-signature", () => spoilt("signature", word(1n << 255n), 32)],
    ["s above the half", "high-s", () => spoilt("signature", word(MOST_S + 1n), 32)],
    ["r the order", "malformed", () => spoilt("signature", word(ORDER))],
  ];
  for (const [what, flaw, bytes] of cases) {
    it(`${what}: ${flaw}`, () => {
      expect(flawOf(() => decodeReport(bytes()))).to.equal(flaw);
    });
  }

  it("takes the largest s and r", () => {
    expect(flawOf(() => decodeReport(spoilt("signature", word(MOST_S), 32)))).to.equal("none");
    expect(flawOf(() => decodeReport(spoilt("signature", word(ORDER - 1n))))).to.equal("none");
  });

  it("is not encoded either", () => {
    const report = testReport();
    expect(flawOf(() => encodeReport({ ...report, meter: 2 ** 32 }))).to.equal("malformed");
    expect(flawOf(() => encodeReport({ ...report, time: 1.5 }))).to.equal("malformed");
    expect(flawOf(() => encodeReport({ ...report, epoch: 256 }))).to.equal("malformed");
    expect(flawOf(() => encodeReport({ ...report, tag: new Uint8Array(15) }))).to.equal("wrong-length");
    expect(flawOf(() => packReports([new Uint8Array(157)]))).to.equal("wrong-length");
    expect(flawOf(() => unpackReports(new Uint8Array(157)))).to.equal("wrong-length");
  });

  it("never throws anything else, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        flawOf(() => decodeReport(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: REPORT_BYTES, maxLength: REPORT_BYTES }), (bytes) => {
        flawOf(() => decodeReport(bytes));
      }),
    );
  });
});
