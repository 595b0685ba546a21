import { network } from "hardhat";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { partition } from "../../../workers/grid/partition.js";
import type { GridCase, MeteringPlan } from "../../../workers/grid/types.js";
import { agreeOnModel } from "../../../workers/projection/agreeOnModel.js";
import { checkProjection } from "../../../workers/projection/checkProjection.js";
import { deployModels, deployPrintedLedger } from "../../../workers/projection/deployProjection.js";
import { type PreparedProjection, prepareProjection } from "../../../workers/projection/prepareProjection.js";
import { proposeProjection } from "../../../workers/projection/proposeProjection.js";
import { uploadProjection } from "../../../workers/projection/uploadProjection.js";
import { testTerms } from "../../support/sharedGrid.js";

export const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];
export const seats = new Map(names.map((name, seat) => [name, seat]));

export const printedClock = { slotSeconds: 60, cutOffSlots: 2 };

/** A case under the default plan, divided among the operators. */
export function preparedCase(gridCase: GridCase): PreparedProjection & { readonly plan: MeteringPlan } {
  const grid = compileGrid(gridCase);
  const plan = defaultPlan(grid, partition(grid, names));
  return { plan, ...prepareProjection(grid, plan, seats) };
}

/** Models on a network of their own; account 0 belongs to nobody, accounts 1.. are the operators, by seat. */
export async function modelsFixture() {
  const connection = await network.create();
  const [stranger, ...rest] = await connection.ethers.getSigners();
  const operators = rest.slice(0, names.length);
  const models = await deployModels(operators);
  const { networkHelpers } = connection;
  return { connection, time: networkHelpers.time, stranger: stranger!, operators, models };
}

export type ModelsFixture = Awaited<ReturnType<typeof modelsFixture>>;

/** Proposes a model, stores and checks it by Freivalds, and brings it into force. */
export async function putInForce(
  { models, operators }: Pick<ModelsFixture, "models" | "operators">,
  { topology, matrices }: PreparedProjection,
): Promise<bigint> {
  const { model } = await proposeProjection(models, topology, matrices);
  await uploadProjection(models, model, matrices);
  await checkProjection(models, model, "freivalds");
  await agreeOnModel(models, operators, model);
  return model;
}

/** A ledger of Algorithm 1 on which a model is in force. */
export async function printedFixture(prepared: PreparedProjection, deposit = 10n ** 12n, terms = testTerms) {
  const fixture = await modelsFixture();
  await putInForce(fixture, prepared);
  const genesis = await fixture.time.latest();
  const clock = { genesis, ...printedClock };
  const ledger = await deployPrintedLedger(fixture.operators[0]!, fixture.models, { deposit, clock, terms });
  const opensAt = (slot: number): number => genesis + slot * printedClock.slotSeconds;
  return {
    ...fixture,
    ledger,
    opensAt,
    cutOff: (slot: number): number => opensAt(slot + 1 + printedClock.cutOffSlots),
    /** Every value that is not undefined, as the owner of its meter. */
    process: async (slot: number, values: readonly (number | undefined)[]): Promise<void> => {
      for (const [meter, value] of values.entries()) {
        if (value === undefined) continue;
        const { seat } = prepared.topology.rows[meter]!;
        await ledger.connect(fixture.operators[seat]).processMeasurement(slot, meter, value);
      }
    },
  };
}
