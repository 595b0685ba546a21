import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { registerVersion } from "../../workers/demo/registerVersion.js";
import { demoTerms, type DemoTerms } from "../../workers/demo/demoTerms.js";
import type { DemoChain } from "../../workers/demo/types.js";
import { operatorNames } from "../../workers/grid/operatorNames.js";
import type { GridCase } from "../../workers/grid/types.js";
import { type CpuSeconds, cpuSeconds } from "./cpuSeconds.js";
import { type Load, loadRate, type PlainRate } from "./loadRate.js";
import { meteredGrid } from "./meteredGrid.js";
import { type NetworkTerms, type OwnNetwork, withOwnNetwork } from "./ownNetwork.js";
import { plainLatency } from "./plainLatency.js";
import { type Quantiles, quantiles } from "./quantiles.js";
import { withSenderLoad } from "./senderLoad.js";
import { type Sender, withSignedLoad } from "./signedLoad.js";
import { type MeasuredSlot, slotRun } from "./slotRun.js";

/** What is measured, and for how long. */
export interface DevnetBenchTerms {
  readonly network: NetworkTerms;
  readonly gridCase: GridCase;
  readonly meters: number;
  readonly slots: number;
  /** Of a round of load, and of the light load that latency is measured under. */
  readonly seconds: number;
  /** Of load by each way. */
  readonly rounds: number;
}

/** Through the gates, past them to the engines' own ports, or by the product's senders through the gates. */
export const WAYS = ["gate", "engine", "sender"] as const;
export type Way = (typeof WAYS)[number];

/** A round of load by one way. */
export interface LoadRound extends PlainRate {
  readonly way: Way;
  /** Processor time of the round, draining included, seconds. */
  readonly cpu: CpuSeconds & { readonly senders: number };
}

/** What a devnet takes. */
export interface DevnetBench extends NetworkTerms {
  readonly case: string;
  readonly meters: number;
  readonly confirmationDepth: number;
  readonly slotSeconds: number;
  readonly cutOffSeconds: number;
  readonly slots: readonly MeasuredSlot[];
  readonly load: readonly LoadRound[];
  /** Transactions a second over all rounds. */
  readonly perSecond: Readonly<Record<Way, number>>;
  /** Of the gate's, and of the senders', to the engine's. */
  readonly ratio: { readonly gate: number; readonly sender: number };
  /** Of the gates' processor time to that of gates and engines together, in the rounds through the gates, 0 to 1. */
  readonly gatesShareOfCpu: number;
  /** Milliseconds. */
  readonly latency: {
    readonly plainReceipt: Quantiles;
    readonly plainConfirmed: Quantiles;
    readonly uploadReceipt: Quantiles;
    readonly uploadSettled: Quantiles;
  };
}

/** Deploys on a network with these terms; the operators are the founders. */
export type Deploy = (own: OwnNetwork, names: readonly string[], terms: DemoTerms) => Promise<DemoChain>;

/** Slots as short as uploads, confirmations and cut-off take one after another. */
const CLOCK = { slotSeconds: 4, cutOffSlots: 1, expirySlots: 1_000, commitSlots: 0 } as const;

/** Measures a fresh network of one validator for each operator. */
export async function devnetBench(
  geth: string,
  terms: DevnetBenchTerms,
  deploy: Deploy,
  note: (text: string) => void,
): Promise<DevnetBench> {
  const names = operatorNames(terms.network.validators);
  const demoGrid = meteredGrid(terms.gridCase, names, terms.meters);
  return await withOwnNetwork(geth, terms.network, note, async (own) => {
    const confirmationDepth = Math.floor(names.length / 2) + 1;
    const usual = demoTerms(names.length, "waited");
    note("deploying");
    const chain = await deploy(own, names, {
      ...usual,
      clock: CLOCK,
      voting: { ...usual.voting, confirmationDepth },
    });
    await registerVersion(chain, demoGrid, note);

    const { chainId } = own.network;
    const senders = await Promise.all(
      own.wallets.map(async (wallet) => ({
        wallet,
        nonce: await chain.provider.getTransactionCount(wallet.address),
      })),
    );
    const { slots: count, seconds } = terms;
    const slots = await slotRun({ chain, demoGrid, chainId, senders, urls: own.gates, slots: count }, note);
    note(`a few transfers a second for ${seconds} s`);
    const plain = await plainLatency(chainId, senders, own.gates, seconds, confirmationDepth);
    const load: LoadRound[] = [];
    for (let round = 0; round < terms.rounds; round++) {
      // In turn: what else the machine does meets all alike.
      const turn = round % WAYS.length;
      for (const way of [...WAYS.slice(turn), ...WAYS.slice(0, turn)]) {
        note(`as many transfers as the ${way} takes for ${seconds} s`);
        load.push(await loadRound(own, { chainId, senders, seconds, depth: confirmationDepth }, way, round));
      }
    }
    const perSecond = {
      gate: rateOf(load, "gate"),
      engine: rateOf(load, "engine"),
      sender: rateOf(load, "sender"),
    };
    return {
      ...terms.network,
      case: terms.gridCase.name,
      meters: demoGrid.meters.length,
      confirmationDepth,
      slotSeconds: CLOCK.slotSeconds,
      cutOffSeconds: CLOCK.slotSeconds * (1 + CLOCK.cutOffSlots),
      slots,
      load,
      perSecond,
      ratio: { gate: perSecond.gate / perSecond.engine, sender: perSecond.sender / perSecond.engine },
      gatesShareOfCpu: shareOfGates(load),
      latency: {
        plainReceipt: quantiles(plain.receipt),
        plainConfirmed: quantiles(plain.confirmed),
        uploadReceipt: quantiles(
          slots.flatMap(({ uploads }) => uploads.map(({ milliseconds }) => milliseconds)),
        ),
        uploadSettled: quantiles(slots.map(({ sendToSettled }) => sendToSettled)),
      },
    };
  });
}

interface RoundTerms {
  readonly chainId: number;
  readonly senders: readonly Sender[];
  readonly seconds: number;
  /** Confirmations. */
  readonly depth: number;
}

async function loadRound(own: OwnNetwork, terms: RoundTerms, way: Way, round: number): Promise<LoadRound> {
  const { chainId, senders, seconds, depth } = terms;
  const measured = async (load: Load, sendersSeconds: () => number): Promise<LoadRound> => {
    const before = { ...(await cpuSeconds(own.folder, own.network)), senders: sendersSeconds() };
    const rate = await loadRate(own.engines[0]!, load, seconds);
    const after = { ...(await cpuSeconds(own.folder, own.network)), senders: sendersSeconds() };
    const cpu = {
      engines: after.engines - before.engines,
      gates: after.gates - before.gates,
      senders: after.senders - before.senders,
    };
    return { way, ...rate, cpu };
  };
  if (way !== "sender") {
    const urls = way === "gate" ? own.gates : own.engines;
    return await withSignedLoad(
      chainId,
      senders,
      urls,
      seconds,
      async (load) => await measured(load, () => 0),
    );
  }
  // Each round has journals of its own.
  const folder = join(own.folder, `senders-${round}`);
  mkdirSync(folder);
  return await withSenderLoad(
    folder,
    chainId,
    senders,
    own.gates,
    depth,
    async (load) => await measured(load, () => load.cpuSeconds()),
  );
}

function rateOf(rounds: readonly LoadRound[], way: LoadRound["way"]): number {
  const own = rounds.filter((round) => round.way === way);
  const seconds = own.reduce((sum, one) => sum + one.seconds, 0);
  return own.reduce((sum, { perSecond, seconds: each }) => sum + perSecond * each, 0) / seconds;
}

function shareOfGates(rounds: readonly LoadRound[]): number {
  const through = rounds.filter(({ way }) => way === "gate");
  const gates = through.reduce((sum, { cpu }) => sum + cpu.gates, 0);
  return gates / Math.max(1, gates + through.reduce((sum, { cpu }) => sum + cpu.engines, 0));
}
