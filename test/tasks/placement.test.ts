import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

interface Placed {
  readonly goal: string;
  readonly meters: readonly { readonly id: string; readonly owner: string }[];
  readonly lowerBound: number;
  readonly exact: boolean;
  readonly open: readonly (string | number)[];
}

interface Departed {
  readonly observable: boolean;
  readonly lostBuses: readonly number[];
  readonly removed: readonly { readonly id: string }[];
  readonly mending: readonly { readonly id: string }[];
}

const ieee14 = { file: "ieee14", operators: 2, bothEnds: false };

describe("the command line, about where meters are wanting", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);

  it("goes from a departure to an observable plan to one without critical meters, file by file", async () => {
    const departed = await jsonOf<Departed>("grid without", {
      ...ieee14,
      operator: "Operator 2",
      mend: true,
      out: at("left.csv"),
      caseOut: at("case.json"),
    });
    expect(departed.observable).to.equal(false);
    expect(departed.lostBuses).to.have.length.above(0);

    const left = { file: at("case.json"), plan: at("left.csv") };
    const inspected = await jsonOf<{ observable: boolean; criticalMeters: string[]; meters: number }>(
      "grid inspect",
      left,
    );
    expect(inspected).to.include({
      observable: true,
      meters: 34 - departed.removed.length + departed.mending.length,
    });
    const placed = await jsonOf<Placed>("meters place", { ...left, out: at("checked.json") });
    expect(placed.open).to.deep.equal(inspected.criticalMeters);
    expect(placed).to.include({ goal: "redundant", exact: true, lowerBound: placed.meters.length });
    const checked = await jsonOf<{ criticalMeters: string[] }>("grid inspect", {
      ...left,
      plan: at("checked.json"),
    });
    expect(checked.criticalMeters).to.deep.equal([]);
  });

  it("without --mend writes the plan as it is left, and finds what mends it later", async () => {
    const { mending } = await jsonOf<Departed>("grid without", {
      ...ieee14,
      operator: "Operator 2",
      out: at("open.csv"),
    });
    const placed = await jsonOf<Placed>("meters place", { file: "ieee14", plan: at("open.csv") });
    expect(placed.goal).to.equal("observable");
    expect(placed.meters).to.deep.equal(mending);
  });

  it("guards against a coalition", async () => {
    const placed = await jsonOf<Placed>("meters place", { ...ieee14, coalition: "Operator 1" });
    expect(placed.goal).to.equal("guarded");
    for (const { owner } of placed.meters) expect(owner).to.equal("Operator 2");
  });

  it("says in one line what it cannot do", async () => {
    for (const [args, message] of [
      [{ goal: "fewer" }, "--goal fewer: expected one of observable, redundant, guarded"],
      [{ goal: "guarded" }, "--goal guarded: name the operators with --coalition"],
      [{ goal: "redundant", coalition: "Operator 1" }, "--coalition goes with --goal guarded, not redundant"],
      [{ coalition: "Nobody" }, "Nobody owns no meter in this plan"],
      [{ operators: 0 }, "--operators 0: expected at least 1"],
      [{ out: at("plan.txt") }, `--out ${at("plan.txt")}: expected a .csv or .json file`],
      [{ out: folder }, `--out ${folder}: is a folder; name a file in it`],
    ] as const) {
      expect((await runTask("meters place", { ...ieee14, ...args })).error).to.equal(message);
    }
    const unwritten = await runTask("grid without", { ...ieee14, operator: "Operator 2", mend: true });
    expect(unwritten.error).to.equal("--mend: name the plan to write with --out");
    const { error } = await runTask("grid without", { ...ieee14, operator: "Nobody" });
    expect(error).to.equal("Nobody owns no meter in this plan");
  });
});
