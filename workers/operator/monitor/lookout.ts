import { ZeroAddress } from "ethers";
import { Consortium__factory } from "../../../typechain-types/factories/consortium/Consortium__factory.js";
import { SlotLedger__factory } from "../../../typechain-types/factories/measurement/SlotLedger__factory.js";
import { SlotRules__factory } from "../../../typechain-types/factories/measurement/SlotRules__factory.js";
import { connectGovernance } from "../../chain/governance/connectGovernance.js";
import type { Alert } from "../../alerts/types.js";
import { RecentBlocks, type Reorganisation } from "../../chain/recentBlocks.js";
import { revertReason } from "../../chain/revertReason.js";
import type { Finality } from "../../finality/types.js";
import { slotAtTime } from "../../measurement/slotAtTime.js";
import { type LedgerRules, rulesOfSlot } from "../../measurement/slotRules.js";
import { closingTimes, slotTimes } from "../../measurement/slotTimes.js";
import { countSubmissions } from "../../store/journal.js";
import { latestUploadedSlot } from "../../store/ledgerView.js";
import type { Collaborators } from "../collaborators.js";
import type { WorkerConfig } from "../config.js";
import { STUCK_LOOKS } from "./findAlerts.js";
import { journalFigures } from "./journalFigures.js";
import type { ForkState, SlotSight, SlotState, ValidatorState, WorkerSight, WorkerState } from "./types.js";

/** Gas of a transaction where none has been sent yet: an upload of some hundred meters. */
const USUAL_GAS = 500_000n;
/** How long what changes by vote or by hand is taken to hold. */
const FACTS_SECONDS = 30;
/** A validator is expected to seal at least once in so many blocks: four turns, and no fewer than this. */
const TURNS = 4;
const LEAST_WINDOW = 16;
const MOST_WINDOW = 64;

/** How many slots a gap is followed back where nothing was ever uploaded. */
const MOST_BACK = 16;

/** What changes rarely. */
interface Facts {
  readonly readAt: number;
  readonly seats: number;
  readonly missingPenalty: bigint;
  readonly confirmationDepth: number;
  readonly validator: string | undefined;
  readonly gasPriceWei: bigint;
}

/** What a look needs of a worker's parts. */
export type LookoutParts = Pick<Collaborators, "clock" | "provider" | "store">;

/** Looks at the chain, the account and the store of a worker, time after time. */
export class Lookout {
  readonly #worker: LookoutParts;
  readonly #config: WorkerConfig;
  readonly #finality: Finality | undefined;
  readonly #recent = new RecentBlocks();
  readonly #ledger;
  readonly #consortium;
  #facts: Facts | undefined;
  #stuck = { slot: -1, looks: 0 };
  #fork: ForkState | undefined;
  /** The first slot with meters of this operator, as far back as it was looked for, while it uploaded to none. */
  #neverSince: number | undefined;
  #gas: bigint | undefined;

  constructor(worker: LookoutParts, config: WorkerConfig, finality?: Finality) {
    this.#worker = worker;
    this.#config = config;
    this.#finality = finality;
    this.#ledger = SlotLedger__factory.connect(config.contracts.ledger, worker.provider);
    this.#consortium = Consortium__factory.connect(config.contracts.consortium, worker.provider);
  }

  /** Goes on from the alerts that stood when the worker last ran, so that none is cleared only to be raised again. */
  resume(standing: readonly Alert[]): void {
    for (const { name, values } of standing) {
      if (name === "slotsUnsettled") this.#stuck = { slot: Number(values?.["nextSlot"]), looks: STUCK_LOOKS };
      if (name === "deepFork") {
        this.#fork = { depth: Number(values?.["depthBlocks"]), from: Number(values?.["fromBlock"]) };
      }
    }
  }

  /**
   * One look, at what a turn saw.
   *
   * @returns how everything stands, and whether the chain turned to another branch since the last look.
   */
  async look(sight: WorkerSight): Promise<WorkerState & { readonly turned: Reorganisation | undefined }> {
    const { provider, store, clock } = this.#worker;
    const { account, head } = sight;
    const facts = await this.#readFacts(sight);
    const [turned, nextSlot, balanceWei, credits, final] = await Promise.all([
      this.#recent.follow(provider, head.number),
      this.#ledger.nextSlot().then(Number),
      provider.getBalance(account),
      this.#creditsOf(account),
      this.#finality?.latest(),
    ]);
    const { latestGas, ...journal } = journalFigures(store, nextSlot, clock.now());
    this.#gas = latestGas ?? this.#gas;
    return {
      height: head.number,
      headTime: head.timestamp,
      slots: sight.slots && (await this.#slotState(sight.slots, sight, facts, nextSlot)),
      balanceWei,
      transactionWei: (this.#gas ?? USUAL_GAS) * facts.gasPriceWei,
      credits,
      validator: this.#validatorState(facts),
      confirmationDepth: facts.confirmationDepth,
      fork: this.#forkState(turned, head.number, facts.confirmationDepth),
      transactions: countSubmissions(store),
      ...journal,
      finalHeight: final?.number,
      turned,
    };
  }

  async #slotState(
    slots: SlotSight,
    { seat, head }: WorkerSight,
    { seats, missingPenalty }: Facts,
    next: number,
  ): Promise<SlotState> {
    const { rules } = slots;
    const last = lastDue(rules, head.timestamp);
    const meters = await slots.ownMetersOf(last);
    const graceOver =
      closingTimes(rules, next).incomplete +
      rulesOfSlot(rules, next).slotSeconds +
      seats * this.#config.settleStaggerSeconds;
    const graceOverSeconds = head.timestamp - graceOver;
    return {
      next,
      due: Math.max(0, last - next + 1),
      graceOverSeconds,
      stuckLooks: this.#stuckLooks(next, graceOverSeconds > 0),
      gap: meters === 0 ? undefined : await this.#gap(slots, seat, last),
      missedCredits: missingPenalty * BigInt(meters),
    };
  }

  async #readFacts({ seat }: WorkerSight): Promise<Facts> {
    const { provider, clock } = this.#worker;
    const { gasPriceWei } = this.#config;
    const now = clock.now();
    if (this.#facts !== undefined && now < this.#facts.readAt + FACTS_SECONDS) return this.#facts;
    const slotRules = SlotRules__factory.connect(await this.#ledger.slotRules(), provider);
    const governance = await connectGovernance(this.#consortium);
    const [seats, { terms }, { confirmationDepth }, [recorded], price] = await Promise.all([
      this.#consortium.seatCount(),
      slotRules.rules(),
      governance.rules(),
      this.#consortium.nodeOf(seat),
      gasPriceWei === undefined
        ? provider.send("eth_gasPrice", []).then((text: string) => BigInt(text))
        : BigInt(gasPriceWei),
    ]);
    const { validator = recorded } = this.#config.alerts;
    this.#facts = {
      readAt: now,
      seats: Number(seats),
      missingPenalty: terms.missingPenalty,
      confirmationDepth: Number(confirmationDepth),
      validator: validator === ZeroAddress ? undefined : validator.toLowerCase(),
      gasPriceWei: price,
    };
    return this.#facts;
  }

  /** 0 for an account that is a member no more. */
  async #creditsOf(account: string): Promise<bigint> {
    try {
      return await this.#consortium.creditsOf(account);
    } catch (error) {
      if (revertReason(error) === undefined) throw error;
      return 0n;
    }
  }

  async #gap(slots: SlotSight, seat: number, last: number): Promise<SlotState["gap"]> {
    const uploaded = latestUploadedSlot(this.#worker.store, seat, last);
    if (uploaded === last) return undefined;
    if (uploaded !== undefined) return { first: uploaded + 1, last };
    return { first: (this.#neverSince ??= await firstOwned(slots, last)), last };
  }

  #stuckLooks(slot: number, late: boolean): number {
    const before = this.#stuck;
    this.#stuck = { slot, looks: !late ? 0 : before.slot === slot ? before.looks + 1 : 1 };
    return this.#stuck.looks;
  }

  #validatorState({ validator, seats }: Facts): ValidatorState | undefined {
    if (validator === undefined) return undefined;
    const window = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, TURNS * seats));
    const latest = this.#recent.blocks.slice(-window);
    const sealed = latest.filter(({ sealer }) => sealer === validator).length;
    return { address: validator, blocks: latest.length, sealed, window };
  }

  #forkState(
    turned: Reorganisation | undefined,
    height: number,
    confirmationDepth: number,
  ): ForkState | undefined {
    if (turned !== undefined && turned.depth > confirmationDepth) this.#fork = turned;
    else if (this.#fork !== undefined && height >= this.#fork.from + confirmationDepth)
      this.#fork = undefined;
    return this.#fork;
  }
}

/** The first of the slots up to `last`, but few, that have meters of the operator. */
async function firstOwned(slots: SlotSight, last: number): Promise<number> {
  let first = last;
  while (last - first < MOST_BACK && (await slots.ownMetersOf(first - 1)) > 0) first--;
  return first;
}

/** The latest slot whose cut-off has passed; negative before there is one. */
function lastDue(rules: LedgerRules, now: number): number {
  let slot = slotAtTime(rules, now);
  while (slot >= 0 && slotTimes(rules, slot).cutoff > now) slot--;
  return slot;
}
