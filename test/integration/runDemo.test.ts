import { expect } from "chai";
import { describe, it } from "mocha";
import { registerVersion } from "../../workers/demo/registerVersion.js";
import { prepareGrid } from "../../workers/demo/prepareGrid.js";
import { runDemo } from "../../workers/demo/runDemo.js";
import type { DemoChain } from "../../workers/demo/types.js";
import type { Grid, MeteringPlan } from "../../workers/grid/types.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { partition } from "../../workers/grid/partition.js";
import { net } from "../../workers/incentives/netting.js";
import { deploySharing, testTerms } from "../support/sharedGrid.js";

/** A demo of IEEE 14 among the four founders of the tests. */
async function play(slots: number, seed: number, planOf?: (grid: Grid) => MeteringPlan) {
  const deployed = await deploySharing();
  const { time } = deployed;
  const chain: DemoChain = {
    provider: deployed.provider,
    clock: {
      now: () => time.latest(),
      advanceTo: async (seconds) => {
        if ((await time.latest()) < seconds) await time.increaseTo(seconds);
      },
    },
    operators: deployed.members.map(({ address }, seat) => ({
      name: `Operator ${seat + 1}`,
      address,
      contracts: deployed.as(seat),
    })),
  };
  const demoGrid = prepareGrid(
    builtinCase("ieee14"),
    chain.operators.map(({ name }) => name),
    planOf,
  );
  const registered = await registerVersion(chain, demoGrid, () => undefined);
  return runDemo({ chain, demoGrid, registered, slots, seed }, () => undefined);
}

describe("runDemo", () => {
  it("plays the story: closed incomplete, found, refused; and every claim holds", async () => {
    const result = await play(3, 4);
    expect(result.checks.filter(({ held }) => !held)).to.be.empty;
    expect(result.checks).to.have.length(6);
    const [silent, falsified, wrong] = result.slots;
    expect(silent).to.include({ event: "silent", complete: false, overStatement: undefined });
    expect(silent!.gaps).to.have.length(2);
    expect(falsified!.suspects[0]!.meter).to.equal(falsified!.falsification!.meter);
    expect(wrong!.refusals[0]!.error).to.equal("SlotLedgerOverStated");
    expect(wrong!.refusals[0]!.overStatement! > wrong!.refusals[0]!.allowed!).to.be.true;
    expect(wrong!.overStatement! <= wrong!.refusals[0]!.allowed!).to.be.true;
  });

  it("plays it on a grid that no tree of meters spans", async () => {
    const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];
    const result = await play(3, 4, (grid) => {
      const plan = defaultPlan(grid, partition(grid, names));
      // Every other flow meter is gone.
      const meters = plan.meters.filter(({ kind, place }) => kind === "injection" || place % 2 === 0);
      return { ...plan, meters };
    });
    expect(result.demoGrid.records.geometry.factored).to.be.true;
    expect(result.checks.filter(({ held }) => !held)).to.be.empty;
    const [, falsified, wrong] = result.slots;
    expect(falsified!.objective! > falsified!.threshold!).to.be.true;
    expect(wrong!.refusals[0]!.error).to.equal("SlotLedgerOverStated");
    expect(wrong!.overStatement! <= wrong!.refusals[0]!.allowed!).to.be.true;
  });

  it("moves what the plain reference moves, in slots without an alarm", async () => {
    const { slots, startCredits, demoGrid } = await play(4, 4);
    const { metersBySeat } = demoGrid.records;
    let before = startCredits;
    for (const { gaps, credits, objective, threshold, complete } of slots) {
      if (!complete || objective! <= threshold!) {
        const missing = metersBySeat.map(
          (_, seat) =>
            gaps.filter(({ meter }) => demoGrid.meters[meter]!.owner === `Operator ${seat + 1}`).length,
        );
        const reported = metersBySeat.map((count, seat) => BigInt(count - missing[seat]!));
        const own = reported.map(
          (count, seat) => testTerms.reward * count - testTerms.missingPenalty * BigInt(missing[seat]!),
        );
        const sum = own.reduce((total, some) => total + some, 0n);
        const possible = metersBySeat.map((_, remainderSeat) =>
          net({
            credits: before,
            change: own.map((some) => 4n * some - sum),
            ownReward: reported.map((count) => testTerms.reward * count),
            active: metersBySeat.map(() => true),
            remainderSeat,
          }),
        );
        expect(possible).to.deep.include([...credits]);
      }
      before = credits;
    }
  });

  it("repeats itself for the same seed", async () => {
    const [one, two] = [await play(2, 9), await play(2, 9)];
    const figures = ({ slots }: typeof one) =>
      slots.map(({ objective, moved, uploadGas, settleGas }) => ({ objective, moved, uploadGas, settleGas }));
    expect(figures(one)).to.deep.equal(figures(two));
  });
});
