import { expect } from "chai";
import { makeError } from "ethers";
import { describe, it } from "mocha";
import { pino } from "pino";
import { Metering__factory } from "../../../typechain-types/index.js";
import { runTurns } from "../../../workers/program/runTurns.js";

/** What is said while turns fail with these errors, one after another, and then one does not. */
async function saidOf(...errors: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const said: Record<string, unknown>[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => void said.push(JSON.parse(line)) });
  const end = new AbortController();
  const left = [...errors];
  const turn = async (): Promise<boolean> => {
    if (left.length > 0) throw left.shift();
    end.abort();
    return await Promise.resolve(false);
  };
  await runTurns(turn, 1, logger, end.signal);
  return said;
}

describe("turns of a program", () => {
  it("says what a contract refused in the contract's words", async () => {
    const data = Metering__factory.createInterface().encodeErrorResult("MeteringWrongEpoch", [1, 2]);
    const refused = makeError("execution reverted (unknown custom error)", "CALL_EXCEPTION", {
      action: "estimateGas",
      data,
      reason: null,
      transaction: { to: null, data: "0x" },
      invocation: null,
      revert: null,
    });
    const [failed] = await saidOf(refused);
    expect(failed!["reason"]).to.match(/^MeteringWrongEpoch\(\w+ = 1, \w+ = 2\)$/u);
  });

  it("says each reason once, and that it goes on", async () => {
    const said = await saidOf(new Error("no node"), new Error("no node"), "odd");
    expect(said.map(({ reason, failures, msg }) => [reason ?? failures, msg])).to.deep.equal([
      ["no node", "a turn failed; trying again"],
      ["odd", "a turn failed; trying again"],
      [3, "going on"],
    ]);
  });
});
