import { expect } from "chai";
import { describe, it } from "mocha";
import { timeOf } from "../../tasks/support/timeOf.js";
import { UserError } from "../../tasks/support/userError.js";

describe("a time that the user writes", () => {
  it("is UTC", () => {
    expect(timeOf("at", "2024-02-29")).to.equal(Date.UTC(2024, 1, 29) / 1_000);
    expect(timeOf("at", "2026-01-31T17:30Z")).to.equal(Date.UTC(2026, 0, 31, 17, 30) / 1_000);
    expect(timeOf("at", "2026-01-31T17:30:05Z")).to.equal(Date.UTC(2026, 0, 31, 17, 30, 5) / 1_000);
  });

  it("exists, or is refused", () => {
    for (const text of ["2026-02-31", "2026-02-29", "2026-04-31T10:00Z", "2026-01-31T24:00Z", "2026-13-01"]) {
      expect(() => timeOf("day", text), text).to.throw(UserError, `--day ${text}: no time`);
    }
  });
});
