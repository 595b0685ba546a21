import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { parseTime } from "../../../../workers/operator/ingest/parseTime.js";

const unix = (iso: string): number => Date.parse(iso) / 1000;

function code(text: string, timezone = ""): string {
  const outcome = parseTime(text, timezone);
  return "problem" in outcome ? outcome.problem.code : String(outcome.value);
}

describe("parseTime", () => {
  for (const [text, expected] of [
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
    ["2026-01-01 00:00Z", "2026-01-01T00:00:00Z"],
    ["2026-01-01T00:00:10+01:00", "2025-12-31T23:00:10Z"],
    ["2026-01-01T00:00:10-0530", "2026-01-01T05:30:10Z"],
    ["2024-02-29T23:59:59.250z", "2024-02-29T23:59:59.250Z"],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseTime(text, "")).to.deep.equal({ value: unix(expected) });
    });
  }

  for (const text of [
    "",
    "1767225600",
    "01.01.2026 00:00",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00+15:00",
    "2026-01-01",
  ]) {
    it(`refuses '${text}'`, () => expect(code(text)).to.equal("malformed"));
  }

  it("wants an offset or a known zone", () => {
    expect(code("2026-01-01T00:00:00")).to.equal("malformed");
    expect(code("2026-01-01T00:00:00", "Europe/Atlantis")).to.equal("malformed");
  });

  it("reads local times in winter and summer", () => {
    expect(parseTime("2026-01-15T12:00:00", "Europe/Berlin")).to.deep.equal({
      value: unix("2026-01-15T12:00:00+01:00"),
    });
    expect(parseTime("2026-07-15T12:00:00", "Europe/Berlin")).to.deep.equal({
      value: unix("2026-07-15T12:00:00+02:00"),
    });
    expect(parseTime("2026-01-15T12:00:00.500", "Asia/Kathmandu")).to.deep.equal({
      value: unix("2026-01-15T12:00:00.500+05:45"),
    });
  });

  it("reports the hour that clocks jump over and the hour they have twice, to the second", () => {
    const zone = "Europe/Berlin";
    expect(code("2026-03-29T01:59:59", zone)).to.equal(String(unix("2026-03-29T01:59:59+01:00")));
    expect(code("2026-03-29T02:00:00", zone)).to.equal("nonexistentTime");
    expect(code("2026-03-29T02:59:59", zone)).to.equal("nonexistentTime");
    expect(code("2026-03-29T03:00:00", zone)).to.equal(String(unix("2026-03-29T03:00:00+02:00")));
    expect(code("2026-10-25T01:59:59", zone)).to.equal(String(unix("2026-10-25T01:59:59+02:00")));
    expect(code("2026-10-25T02:00:00", zone)).to.equal("ambiguousTime");
    expect(code("2026-10-25T02:59:59", zone)).to.equal("ambiguousTime");
    expect(code("2026-10-25T03:00:00", zone)).to.equal(String(unix("2026-10-25T03:00:00+01:00")));
    // With its offset the same time is clear.
    expect(code("2026-10-25T02:30:00+02:00", zone)).to.equal(String(unix("2026-10-25T00:30:00Z")));
    // A half-hour change.
    expect(code("2026-04-05T01:45:00", "Australia/Lord_Howe")).to.equal("ambiguousTime");
    expect(code("2026-04-05T01:15:00", "Australia/Lord_Howe")).to.equal(
      String(unix("2026-04-05T01:15:00+11:00")),
    );
  });

  it("gives back any instant written in the local time of a zone, or calls it ambiguous", () => {
    const zones = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"];
    const instants = fc.integer({ min: unix("2000-01-01T00:00:00Z"), max: unix("2040-01-01T00:00:00Z") });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        // sv-SE writes local times as ISO 8601 does.
        const local = new Date(instant * 1000).toLocaleString("sv-SE", { timeZone: zone });
        const outcome = parseTime(local, zone);
        if ("problem" in outcome) expect(outcome.problem.code).to.equal("ambiguousTime");
        else expect(outcome.value).to.equal(instant);
      }),
    );
  });
});
