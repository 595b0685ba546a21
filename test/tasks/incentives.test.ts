import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { exampleScenarios } from "../../workers/incentives/exampleScenarios.js";
import { sharedPath } from "../support/shared.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

interface Analysis {
  readonly operators: readonly {
    readonly name: string;
    readonly meters: number;
    readonly expectedGain: number;
    readonly registrationThreshold: number;
    readonly simulatedGain: number | null;
    readonly standardError: number | null;
  }[];
  readonly coalitions: readonly {
    readonly members: readonly string[];
    readonly distortionGain: number;
    readonly meterShare: number;
    readonly hiddenAttack: Readonly<Record<"angles" | "values", object>> | null;
    readonly exposingMeters: readonly string[];
  }[];
  readonly withholding: Record<"clique" | "bft", { readonly mostBounded: number }>;
  readonly security: readonly {
    readonly compromised: readonly string[];
    readonly sensitiveBuses: readonly number[];
    readonly secure: boolean;
  }[];
  readonly terms: Record<string, string>;
  readonly sensitiveBuses: readonly number[];
}

describe("incentives", function suite() {
  this.timeout(60_000);
  const folder = temporaryFolder();

  describe("analyse", () => {
    it("gives operators, coalitions, withholding and security of IEEE 118 among four", async () => {
      const found = await jsonOf<Analysis>("incentives analyse", { slots: 500 });
      expect(found.operators.map(({ name }) => name)).to.deep.equal([1, 2, 3, 4].map((i) => `Operator ${i}`));
      expect(found.operators.reduce((sum, { meters }) => sum + meters, 0)).to.equal(304);
      expect(Math.abs(found.operators.reduce((sum, { expectedGain }) => sum + expectedGain, 0))).to.be.below(
        1e-6,
      );
      for (const { expectedGain, registrationThreshold, simulatedGain, standardError } of found.operators) {
        expect(Math.abs(registrationThreshold - 1 / 90)).to.be.below(1e-4);
        expect(Math.abs(simulatedGain! - expectedGain)).to.be.below(4 * standardError!);
      }
      expect(found.coalitions).to.have.length(15);
      for (const { members, meterShare, hiddenAttack, exposingMeters } of found.coalitions) {
        const own = found.operators.filter(({ name }) => members.includes(name));
        const share = own.reduce((sum, { meters }) => sum + meters, 0) / 304;
        expect(Math.abs(meterShare - share)).to.be.below(1e-12);
        expect(exposingMeters.length > 0).to.equal(hiddenAttack !== null);
        if (hiddenAttack === null) continue;
        expect(Object.keys(hiddenAttack.angles)).to.not.have.length(0);
        expect(Object.keys(hiddenAttack.values)).to.not.have.length(0);
      }
      expect(found.withholding.clique.mostBounded).to.equal(1);
      expect(found.withholding.bft.mostBounded).to.equal(1);
      expect(found.security).to.have.length(14);
      for (const { sensitiveBuses } of found.security) {
        expect(sensitiveBuses).to.have.length(10);
        expect(sensitiveBuses).to.deep.equal(found.sensitiveBuses);
      }
      // More compromised operators never leave fewer buses open.
      for (const small of found.security)
        for (const large of found.security)
          if (!small.secure && small.compromised.every((name) => large.compromised.includes(name)))
            expect(large.secure).to.equal(false);
    });

    it("says which penalty no ledger would take", async () => {
      const args = { case: "ieee14", operators: 3, slots: 1, reward: "10", missingPenalty: "90" };
      const bound = async (anomalyPenalty: string): Promise<string> =>
        (await runTask("incentives gain", { ...args, anomalyPenalty })).stderr;
      expect(await bound("51")).to.include("--anomaly-penalty 51: above (R + Q)/(n - 1) = 50");
      expect(await bound("50")).to.not.include("--anomaly-penalty");
    });

    it("takes the same seed to the same result, and terms as they are given", async () => {
      const args = { case: "ieee14", operators: 3, slots: 50, seed: 9, reward: "7", anomalyPenalty: "0" };
      const [first, second] = [
        await jsonOf<Analysis>("incentives analyse", args),
        await jsonOf<Analysis>("incentives analyse", args),
      ];
      expect(first).to.deep.equal(second);
      expect(first.terms).to.deep.equal({ reward: "7", missingPenalty: "89000", anomalyPenalty: "0" });
      for (const { distortionGain } of first.coalitions) expect(distortionGain).to.equal(0);
      const other = await jsonOf<Analysis>("incentives analyse", { ...args, seed: 10 });
      expect(other.operators[0]!.simulatedGain).to.not.equal(first.operators[0]!.simulatedGain);
    });

    const file = sharedPath("cases/pglib_opf_case30_ieee.m");
    const itsFile = file === undefined ? it.skip : it;
    itsFile(
      "takes a case of ../shared/cases, writes a page with plots, and the same figures as JSON",
      async () => {
        const [page, figures] = [join(folder, "a.html"), join(folder, "a.json")];
        const { stdout, error } = await runTask("incentives analyse", {
          case: file,
          operators: 3,
          slots: 50,
          sensitiveBuses: "2, 5",
          report: page,
          json: figures,
        });
        expect(error).to.equal(undefined);
        expect(stdout)
          .to.match(/Expected gain/u)
          .and.match(/sensitive buses 2, 5/u)
          .and.match(/Clique/u);
        const html = readFileSync(page, "utf8");
        expect(html.match(/<svg role="img"/gu)).to.have.length(4);
        expect(html).to.not.match(/https?:\/\/(?!www\.w3\.org)/u);
        expect(JSON.parse(readFileSync(figures, "utf8"))).to.include.keys(
          "operators",
          "coalitions",
          "security",
        );
      },
    );

    for (const [args, problem] of [
      [{ operators: 1 }, /--operators 1: expected at least 2/u],
      [{ epsilon: 1.5 }, /--epsilon 1.5: expected a number from 0 to 1/u],
      [{ falseAlarm: 0 }, /--false-alarm 0/u],
      [{ reward: "-3" }, /--reward -3: expected a whole number/u],
      [{ reward: "0", missingPenalty: "0" }, /worth something/u],
      [{ sensitiveBuses: "1,x" }, /--sensitive-buses 1,x: .* found "x"/u],
      [{ sensitiveBuses: "1,999" }, /bus 999 is not in service/u],
      [{ slots: -1 }, /--slots -1/u],
      [{ blockSeconds: 0 }, /--block-seconds 0/u],
      [{ case: "nowhere.m" }, /nowhere\.m/u],
      [{ report: "/nowhere/at/all.html" }, /the folder \/nowhere\/at does not exist/u],
    ] as const) {
      it(`refuses ${JSON.stringify(args)} in one line`, async () => {
        const { error, stdout } = await runTask("incentives analyse", args);
        expect(error).to.match(problem);
        expect(stdout).to.equal("");
      });
    }
  });

  it("gain: names a threshold for every meter, and finds that nothing but blocking pays", async () => {
    const found = await jsonOf<{
      readonly thresholds: readonly unknown[];
      readonly deviations: readonly { readonly corollary: number; readonly pays: boolean }[];
    }>("incentives gain", { slots: 500 });
    expect(found.thresholds).to.have.length(304);
    expect(found.deviations).to.have.length(20);
    for (const { corollary, pays } of found.deviations) expect(pays).to.equal(corollary === 3);
  });

  it("evolve: says whose values it has, plays, and draws three plots", async () => {
    const page = join(folder, "e.html");
    const { stdout, error } = await runTask("incentives evolve", { slots: 2_000, report: page });
    expect(error).to.equal(undefined);
    expect(stdout)
      .to.match(/These are ours/u)
      .and.match(/1,000,000 slots/u)
      .and.match(/115\.7/u);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<svg role="img"/gu)).to.have.length(3);
    expect(html).to.match(/These are ours/u);
  });

  for (const [task, plots, args] of [
    ["gain", 2, { case: "ieee14", slots: 20 }],
    ["withholding", 1, { validators: 7 }],
    ["join", 1, { case: "ieee14" }],
  ] as const) {
    it(`${task}: writes a page with plots that refers to nothing outside itself`, async () => {
      const page = join(folder, `${task}.html`);
      const { error } = await runTask(`incentives ${task}`, { ...args, report: page });
      expect(error).to.equal(undefined);
      const html = readFileSync(page, "utf8");
      expect(html.match(/<svg role="img"/gu)).to.have.length(plots);
      expect(html).to.not.match(/NaN|undefined|href|src=/u);
    });
  }

  it("withholding: Clique bears 3 of 7 signers, BFT 2 of 7 validators", async () => {
    const found = await jsonOf<Analysis["withholding"]>("incentives withholding", { validators: 7 });
    expect([found.clique.mostBounded, found.bft.mostBounded]).to.deep.equal([3, 2]);
  });

  describe("join", () => {
    interface Decision {
      readonly join: boolean;
      readonly creditChange: number;
      readonly description: string;
    }

    it("decides by the built-in example, which is labelled as invented", async () => {
      const found = await jsonOf<Decision>("incentives join");
      expect(found.description).to.match(/invented/iu);
      expect(found.join).to.equal(true);
      const { operators } = await jsonOf<Analysis>("incentives analyse", { slots: 0 });
      expect(found.creditChange).to.equal(operators[3]!.expectedGain);
    });

    it("decides by a file, and changes with what credits cost", async () => {
      const file = join(folder, "scenarios.json");
      const decide = async (creditPrice: number) => {
        writeFileSync(
          file,
          JSON.stringify({ ...exampleScenarios, creditPrice, creditChangePerSlot: -1_000 }),
        );
        return (await jsonOf<Decision>("incentives join", { scenarios: file })).join;
      };
      expect([await decide(1e-4), await decide(1)]).to.deep.equal([true, false]);
    });

    it("names the line that is wrong, and the operators that there are", async () => {
      const file = join(folder, "broken.json");
      writeFileSync(file, JSON.stringify({ ...exampleScenarios, currency: 3 }, null, 2));
      const broken = await runTask("incentives join", { scenarios: file });
      expect(broken.error).to.match(/broken\.json:4: currency: expected string, found 3/u);
      writeFileSync(file, JSON.stringify({ ...exampleScenarios, operator: "Nobody" }));
      const unknown = await runTask("incentives join", { scenarios: file });
      expect(unknown.error).to.match(/no operator Nobody on this case, only Operator 1, /u);
      const missing = await runTask("incentives join", { scenarios: join(folder, "none.json") });
      expect(missing.error).to.match(/none\.json/u);
    });
  });
});
