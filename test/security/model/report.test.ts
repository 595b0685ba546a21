import { readFileSync } from "node:fs";
import { expect } from "chai";
import { before, describe, it } from "mocha";
import { findVerifpal, searchAttacks } from "../../support/verifpal.js";

const MODEL = readFileSync(new URL("report.vp", import.meta.url), "utf8");
const SESSIONS = 2;

/** The model with a line of it replaced. @throws Error if the line is not there once. */
function changed(...[from, to]: readonly [from: string, to: string]): string {
  const parts = MODEL.split(from);
  if (parts.length !== 2) throw new Error(`the model has "${from}" ${parts.length - 1} times`);
  return parts.join(to);
}

/** The model, and what is stolen when all is over. */
function thenStolen(leaks: Readonly<Record<string, string>>): string {
  const phase = Object.entries(leaks).map(([who, what]) => `principal ${who}[\n\tleaks ${what}\n]`);
  return changed("queries[", `phase[1]\n\n${phase.join("\n\n")}\n\nqueries[`);
}

describe("the model of a usage report", function suite() {
  this.timeout(300_000);
  let verifpal: string;
  before(function find() {
    const found = findVerifpal();
    if (found === undefined) this.skip();
    verifpal = found;
  });
  const verdict = (model: string): string => searchAttacks(verifpal, model, SESSIONS);

  // Whether the usage is read; whether the chain takes a report, or a session key, that the meter did not send for it, or takes
  // it twice; whether the MDMS stores another usage.
  it("has no attack", () => {
    expect(verdict(MODEL)).to.equal("c0a0a0e0");
  });

  it("F1: has none by what meter and MDMS hold when the epoch's key is destroyed", () => {
    const held = { Meter: "meter_identity, salted_id, session_key", Mdms: "mdms_identity" };
    expect(verdict(thenStolen(held))).to.match(/^c0/u);
  });

  it("F1: has one by the epoch's key, were it kept", () => {
    expect(verdict(thenStolen({ Mdms: "epoch_key" }))).to.match(/^c1/u);
  });

  for (const [what, line, by, found] of [
    [
      "F6: a meter that does not check who signed the epoch's key",
      "epoch_public), epoch_signature)?\n\tregistration",
      "epoch_public), epoch_signature)\n\tregistration",
      /^c1/u,
    ],
    [
      "a contract that does not check a report's signature",
      "encrypted)), report_signature)?",
      "encrypted)), report_signature)",
      /^c0a1/u,
    ],
    [
      "a contract that does not check who opens a session",
      "SIGNVERIF(meter_public, chain_statement, session_signature)?",
      "SIGNVERIF(meter_public, chain_statement, session_signature)",
      /^c0a1a1/u,
    ],
    [
      "a contract that does not check whose identity is shown",
      "ASSERT(HASH(salted_id, meter_public), hid)?",
      "ASSERT(HASH(salted_id, meter_public), hid)",
      /^c0a1a1/u,
    ],
  ] as const) {
    it(`finds the attack on ${what}`, () => {
      expect(verdict(changed(line, by))).to.match(found);
    });
  }

  it("finds the replay in a contract that takes interval, session and epoch more than once", () => {
    const [generated, known] = ["generates epoch_number", "knows private epoch_number"];
    expect(verdict(changed(generated, known))).to.match(/^c0a1/u);
  });
});
