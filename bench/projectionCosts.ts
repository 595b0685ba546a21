import { type Provider, type Signer, Transaction } from "ethers";
import { MAX_TRANSACTION_GAS } from "../workers/chain/limits.js";
import { prepareGrid } from "../workers/demo/prepareGrid.js";
import type { DemoTerms } from "../workers/demo/demoTerms.js";
import { pickFalsification } from "../workers/demo/pickFalsification.js";
import { slotValues } from "../workers/demo/slotValues.js";
import type { DemoClock } from "../workers/demo/types.js";
import type { GridCase } from "../workers/grid/types.js";
import { agreeOnModel } from "../workers/projection/agreeOnModel.js";
import { checkProjection } from "../workers/projection/checkProjection.js";
import { deployModels, deployPrintedLedger } from "../workers/projection/deployProjection.js";
import { prepareProjection } from "../workers/projection/prepareProjection.js";
import { type Cost, measured } from "../workers/projection/measured.js";
import { proposeProjection } from "../workers/projection/proposeProjection.js";
import { uploadProjection } from "../workers/projection/uploadProjection.js";

/** What some transactions took together. */
export interface Step {
  readonly gas: number;
  readonly transactions: number;
  /** Calldata. */
  readonly bytes: number;
  /** On the embedded network, one thread: from sending each transaction to its receipt. */
  readonly milliseconds: number;
}

/** What the projection mode costs for a case, from the matrices to slots that are finalised. */
export interface ProjectionCosts {
  readonly case: string;
  readonly buses: number;
  readonly lines: number;
  readonly meters: number;
  readonly operators: number;
  /** A and P off the chain: mathjs, refinement in whole numbers, rounding. */
  readonly computeMilliseconds: number;
  /** Topology and hashes; H built and kept. */
  readonly propose: Step;
  /** A and P as contract code. */
  readonly store: Step;
  readonly products: Step;
  readonly freivalds: Step;
  /** Approvals of all operators and activation. */
  readonly agree: Step;
  /** One measurement, on average of a slot. */
  readonly measurement: Step;
  /** Bytes of a measurement's transaction as it is sent, signature included. */
  readonly measurementTransactionBytes: number;
  /** A complete slot with J below τ. */
  readonly finalise: Step;
  /** A complete slot with a falsified value. */
  readonly finaliseAlarm: Step;
}

/** A fresh chain: who deploys and signs, and its time. */
export interface BenchChain {
  readonly provider: Provider;
  readonly clock: DemoClock;
  readonly operators: readonly Signer[];
  readonly names: readonly string[];
}

const seed = 1;

/** More than a measurement that finalises nothing needs: the node need not try it first. */
const MEASUREMENT_GAS = 500_000;

/** Runs the whole life of the projection mode for a case: both checks, then two slots by Algorithm 1 as printed. */
export async function projectionCosts(
  chain: BenchChain,
  gridCase: GridCase,
  { deposit, clock, terms }: DemoTerms,
): Promise<ProjectionCosts> {
  const { operators, names } = chain;
  const demoGrid = prepareGrid(gridCase, names);
  const { grid, meters } = demoGrid;
  const plan = { meters, zeroInjections: [], zeroInjectionSigma: 1 };
  const started = performance.now();
  const { topology, matrices } = prepareProjection(
    grid,
    plan,
    new Map(names.map((name, seat) => [name, seat])),
  );
  const computeMilliseconds = performance.now() - started;

  const models = await deployModels(operators);
  const { model, ...proposed } = await proposeProjection(models, topology, matrices);
  const store = sumOf(await uploadProjection(models, model, matrices));
  const products = sumOf(await checkProjection(models, model, "products"));
  const freivalds = sumOf(await checkProjection(models, model, "freivalds"));
  const agree = sumOf(await agreeOnModel(models, operators, model));

  const genesis = await chain.clock.now();
  const { slotSeconds, cutOffSlots } = clock;
  const ledger = await deployPrintedLedger(operators[0]!, models, {
    deposit,
    clock: { genesis, slotSeconds, cutOffSlots },
    terms,
  });
  let transaction = "";
  const upload = async (slot: number, values: readonly number[]): Promise<Cost[]> => {
    const costs: Cost[] = [];
    await chain.clock.advanceTo(genesis + slot * slotSeconds);
    for (const [meter, value] of values.entries()) {
      const own = ledger.connect(operators[topology.rows[meter]!.seat]);
      const cost = await measured(
        async () => await own.processMeasurement(slot, meter, value, { gasLimit: MEASUREMENT_GAS }),
      );
      transaction = cost.receipt.hash;
      costs.push(cost);
    }
    return costs;
  };
  const measurements = sumOf(await upload(0, slotValues(demoGrid, seed, 1)));
  const falsified = pickFalsification(demoGrid, meters.length, seed);
  await upload(1, slotValues(demoGrid, seed, 2, { falsified }));
  await chain.clock.advanceTo(genesis + (2 + cutOffSlots) * slotSeconds);
  const finalised = async (): Promise<Step> =>
    sumOf([await measured(async () => await ledger.finaliseTimeSlot({ gasLimit: MAX_TRANSACTION_GAS }))]);
  const finalise = await finalised();
  const finaliseAlarm = await finalised();
  return {
    case: gridCase.name,
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: meters.length,
    operators: operators.length,
    computeMilliseconds,
    propose: sumOf([proposed]),
    store,
    products,
    freivalds,
    agree,
    measurement: average(measurements),
    measurementTransactionBytes: await transactionBytes(chain.provider, transaction),
    finalise,
    finaliseAlarm,
  };
}

function sumOf(costs: readonly Cost[]): Step {
  return {
    gas: costs.reduce((sum, { gas }) => sum + Number(gas), 0),
    transactions: costs.length,
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
    milliseconds: costs.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  };
}

function average({ gas, transactions, bytes, milliseconds }: Step): Step {
  return {
    gas: Math.round(gas / transactions),
    transactions: 1,
    bytes: Math.round(bytes / transactions),
    milliseconds: milliseconds / transactions,
  };
}

/** The length of a transaction as it goes over the network. */
async function transactionBytes(provider: Provider, hash: string): Promise<number> {
  const sent = (await provider.getTransaction(hash))!;
  return (Transaction.from(sent).serialized.length - 2) / 2;
}
