import { expect } from "chai";
import { beforeEach, describe, it } from "mocha";
import type { Finding } from "../../../workers/alerts/types.js";
import { ProgramMonitor } from "../../../workers/program/programMonitor.js";

const away: Finding = { name: "brokerLost", message: "there is no connection to the broker" };
const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

describe("what watches a program", () => {
  let now: number;
  let looks: number;
  let found: readonly Finding[] | Error;
  let said: string[];
  let monitor: ProgramMonitor;
  const standing = (): string[] => monitor.book.standing.map(({ name, since }) => `${name} since ${since}`);
  /** Turns that end so, a second apart. */
  const turns = async (count: number, error?: unknown): Promise<void> => {
    for (let i = 0; i < count; i++) {
      now++;
      await monitor.turned(error);
    }
  };

  beforeEach(() => {
    now = 1_000;
    looks = 0;
    found = [];
    said = [];
    const take = (_: object, message?: string): number => said.push(message ?? "");
    monitor = new ProgramMonitor(
      { info: take, warn: take },
      async () => {
        looks++;
        if (found instanceof Error) throw found;
        return found;
      },
      () => now,
    );
  });

  it("looks after the first turn and every five seconds, and tells what comes and goes", async () => {
    await turns(5);
    expect([looks, standing()]).to.deep.equal([1, []]);
    found = [away];
    await turns(1);
    expect([looks, standing()]).to.deep.equal([2, ["brokerLost since 1006"]]);
    found = [];
    await turns(5);
    expect([looks, standing(), said]).to.deep.equal([3, [], ["alert raised", "alert cleared"]]);
  });

  it("raises nodeDown at the second turn without an answer, and clears it with the first that has one", async () => {
    await turns(1, refused);
    expect(standing()).to.deep.equal([]);
    await turns(1, refused);
    expect(standing()).to.deep.equal(["nodeDown since 1002"]);
    await turns(20, refused);
    expect(looks, "a node that does not answer is not asked").to.equal(0);
    await turns(1);
    expect([looks, standing()]).to.deep.equal([1, []]);
  });

  it("raises repeatedFailures at the fifth turn that fails for another reason", async () => {
    await turns(4, new Error("disk I/O error"));
    expect(standing()).to.deep.equal([]);
    await turns(1, new Error("disk I/O error"));
    expect(standing()).to.deep.equal(["repeatedFailures since 1005"]);
    expect(monitor.book.standing[0]!.message).to.include("disk I/O error");
    await turns(1);
    expect(standing()).to.deep.equal([]);
  });

  it("takes what it cannot see to be as it was, and says once that it cannot", async () => {
    found = [away];
    await turns(1);
    found = new Error("no answer");
    await turns(5);
    expect(said, "one look that fails").to.deep.equal(["alert raised"]);
    await turns(15);
    expect(standing()).to.deep.equal(["brokerLost since 1001"]);
    expect(said).to.deep.equal(["alert raised", "the program cannot be watched"]);
  });
});
