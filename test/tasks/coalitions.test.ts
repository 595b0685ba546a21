import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { CoalitionFigures } from "../../workers/incentives/describeCoalition.js";
import { sharedPath } from "../support/shared.js";
import { near } from "../support/near.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { caseModel } from "../workers/incentives/coalitionReference.js";
import { alarmGain, replayer } from "../workers/incentives/replay.js";
import { jsonOf, runTask } from "./runTask.js";

interface Result {
  readonly case: string;
  readonly anomalyPenalty: number;
  readonly operators: readonly string[];
  readonly coalitions: readonly CoalitionFigures[];
}

describe("the command line, about coalitions", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const { incentive } = caseModel("ieee14", 3);
  const three = { case: "ieee14", operators: 3 };

  /** Values by meter as errors by row. */
  const byRow = (values: Readonly<Record<string, number>>): Float64Array =>
    Float64Array.from(incentive.meterNames, (name) => values[name] ?? 0);

  /** The message of a task that fails. */
  async function refused(task: string, args: object): Promise<string | undefined> {
    return (await runTask(`incentives ${task}`, { ...three, ...args })).error;
  }

  it("lists every coalition with an attack that earns what it says, and one that nobody sees", async () => {
    const { coalitions, anomalyPenalty, operators } = await jsonOf<Result>("incentives coalitions", three);
    expect(coalitions).to.have.length(7);
    expect(anomalyPenalty).to.equal(30_000);
    const replay = replayer(incentive);
    for (const { members, distortionGain, attack, hiddenAttack } of coalitions) {
      const { objective } = replay(byRow(hiddenAttack!.values));
      expect(objective).to.be.below(1e-9);
      expect(Object.keys(hiddenAttack!.values)).to.have.length.above(0);
      if (members.length === 3) continue;
      const seats = members.map((name) => operators.indexOf(name));
      const { shares } = replay(byRow(attack));
      near(alarmGain(incentive, seats, shares, anomalyPenalty), distortionGain, 1e-2);
    }
  });

  it("scales with the anomaly penalty, and writes table, attack and page of one coalition", async () => {
    const args = { ...three, members: "Operator 3, Operator 1", anomalyPenalty: "100" };
    const files = { out: at("attack.csv"), report: at("coalitions.html"), json: at("coalitions.json") };
    const { stdout, error } = await runTask("incentives coalitions", { ...args, ...files });
    expect(error).to.equal(undefined);
    expect(stdout)
      .to.match(/Operator 1, Operator 3/u)
      .and.to.match(/λ/u);
    const { coalitions } = JSON.parse(readFileSync(files.json, "utf8")) as Result;
    expect(coalitions).to.have.length(1);
    const [{ attack, distortionGain, meterShare, lambda }] = coalitions as [CoalitionFigures];
    near(distortionGain, 100 * (meterShare - lambda), 1e-9);

    const [head, ...lines] = readFileSync(files.out, "utf8").trimEnd().split("\n");
    expect(head).to.equal("meter,kind,place,owner,best,hidden");
    const best = lines.map((line) => line.split(","));
    expect(
      Object.fromEntries(
        best.filter((cells) => cells[4] !== "0").map((cells) => [cells[0]!, Number(cells[4])]),
      ),
    ).to.deep.equal(attack);
    expect(best.every((cells) => ["Operator 1", "Operator 3"].includes(cells[3]!))).to.equal(true);

    const page = readFileSync(files.report, "utf8");
    expect(page)
      .to.match(/<svg role="img"/u)
      .and.to.match(/Operator 1, Operator 3/u);
    expect(page).to.not.match(/NaN|undefined/u);
  });

  it("decides the paper's program for meters that a coalition does not own", async () => {
    const found = await jsonOf<{
      feasible: boolean;
      lambda: number;
      gain: number;
      attack: Record<string, number>;
    }>("incentives coalitions", {
      ...three,
      members: "Operator 1",
      attacked: incentive.meterNames.filter((_, i) => incentive.ownerOfRow[i] !== 0).join(","),
    });
    expect(found.feasible).to.equal(true);
    expect(found.lambda).to.be.below(1e-12);
    const { shares } = replayer(incentive)(byRow(found.attack));
    near(alarmGain(incentive, [0], shares, 30_000), found.gain, 1e-2);
  });

  it("says whether buses are secure", async () => {
    const safe = await jsonOf<object>("incentives security", {
      ...three,
      compromised: "Operator 1",
      sensitive: "1,2,3",
    });
    expect(safe).to.deep.equal({
      case: "ieee14",
      compromised: ["Operator 1"],
      sensitiveBuses: [1, 2, 3],
      secure: true,
      exposed: [],
    });
    const all = await jsonOf<{ secure: boolean; exposed: number[]; sensitiveBuses: number[] }>(
      "incentives security",
      {
        ...three,
        compromised: "Operator 1,Operator 3",
      },
    );
    expect(all.sensitiveBuses).to.have.length(14);
    expect(all.secure).to.equal(false);
    expect(all.exposed).to.include(8);
    const { stdout } = await runTask("incentives security", {
      ...three,
      compromised: "Operator 1",
      sensitive: "8",
    });
    expect(stdout).to.match(/^Not secure: without Operator 1 nothing determines bus 8\./u);
  });

  it("refuses what it cannot do, in one line", async () => {
    expect(await refused("coalitions", { case: at("none.m") })).to.match(/none\.m/u);
    expect(await refused("coalitions", { members: "Operator 4" })).to.match(/no operator "Operator 4"/u);
    expect(await refused("coalitions", { members: "Operator 1,Operator 1" })).to.match(/twice/u);
    expect(await refused("coalitions", { out: at("x.csv") })).to.match(/--members/u);
    expect(await refused("coalitions", { members: "Operator 1", attacked: "F99" })).to.match(
      /no meter "F99"/u,
    );
    expect(await refused("coalitions", { anomalyPenalty: "-1" })).to.match(/above 0/u);
    expect(await refused("coalitions", { anomalyPenalty: "much" })).to.match(/much: expected/u);
    expect(await refused("coalitions", { members: "" })).to.match(/--members: .*found nobody/u);
    expect(await refused("coalitions", { members: "Operator 1,Operator 1" })).to.match(/"Operator 1" twice/u);
    expect(await refused("coalitions", { report: at("no/where.html") })).to.match(/does not exist/u);
    expect(await refused("security", {})).to.match(/--compromised/u);
    expect(await refused("security", { compromised: "Operator 1", sensitive: "1,x" })).to.match(
      /"x" is not/u,
    );
    expect(await refused("security", { compromised: "Operator 1", sensitive: "99" })).to.match(/bus 99/u);
  });

  const large = sharedPath("cases/pglib_opf_case2383wp_k.m");
  (large === undefined ? it.skip : it)(
    "analyses the 2,383-bus grid (skipped if ../shared/cases is absent)",
    async () => {
      const { coalitions } = await jsonOf<Result>("incentives coalitions", { case: large, operators: 4 });
      expect(coalitions).to.have.length(15);
      for (const { lambda } of coalitions) expect(lambda).to.be.above(0).and.at.most(1);
    },
  );
});
