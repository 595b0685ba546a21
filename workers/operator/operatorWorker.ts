import { connectGovernance } from "../chain/governance/connectGovernance.js";
import { readLedgerRules } from "../chain/readLedgerRules.js";
import { slotAtTime } from "../measurement/slotAtTime.js";
import type { LedgerRules } from "../measurement/slotRules.js";
import { slotTimes } from "../measurement/slotTimes.js";
import { dropFinalPayloads } from "../store/journal.js";
import { slotsWithMeasurements } from "../store/measurements.js";
import { pruneBefore } from "../store/pruneBefore.js";
import { adoptSchedules } from "../store/schedules.js";
import { AlarmFollower } from "./alarmFollower.js";
import { awaitRestored } from "./awaitRestored.js";
import type { Collaborators } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";
import { estimateDue } from "./estimateDue.js";
import { identifyOperator } from "./identifyOperator.js";
import { ReadingIntake } from "./ingest/readingIntake.js";
import type { WorkerSight } from "./monitor/types.js";
import { OperatorContext, type ReadVersion } from "./operatorContext.js";
import { settleNext } from "./settleNext.js";
import { syncLedger } from "./syncLedger.js";
import { uploadSlot } from "./uploadSlot.js";

/** What a worker does its work with, once it knows whose it is. */
interface Equipment {
  readonly context: OperatorContext;
  readonly intake: ReadingIntake;
  readonly alarms: AlarmFollower;
}

/**
 * An operator's worker. One `turn` looks at the chain and the files once and does all that is due: takes readings in,
 * uploads, supplements, estimates, settles, names suspects. It keeps no state of its own beside caches: what was done
 * is in the store and on the chain, so that it can die anywhere and go on from there.
 */
export class OperatorWorker {
  readonly #worker: Collaborators;
  readonly #config: WorkerConfig;
  readonly #readVersion: ReadVersion;
  #equipment: Equipment | undefined;
  #rules: LedgerRules | undefined;
  #prunedAt = -1;
  #sight: WorkerSight | undefined;

  constructor(worker: Collaborators, config: WorkerConfig, readVersion: ReadVersion) {
    this.#worker = worker;
    this.#config = config;
    this.#readVersion = readVersion;
  }

  /** What the last turn saw; undefined before there was one. */
  get sight(): WorkerSight | undefined {
    return this.#sight;
  }

  /**
   * One look at everything.
   *
   * @returns whether there is more to do at once.
   * @throws NotAnOperatorError, WrongChainError, StoreForeignError if this worker can never work; any other error is
   *   worth another turn.
   */
  async turn(): Promise<boolean> {
    const { provider, store, sender, account } = this.#worker;
    await provider.check();
    const equipment = (this.#equipment ??= await this.#equip());
    const { context, intake, alarms } = equipment;
    const head = await provider.getBlock("latest");
    if (head === null) return false;
    const undone = await syncLedger(this.#worker, this.#config.contracts.ledger, head, this.#config);
    const depth = await confirmationDepth(context);
    if (undone > 0) this.#forget(equipment, undone, depth);
    this.#sight = { account, seat: context.seat, head, slots: undefined };
    if (await awaitRestored(context, head, depth)) return false;
    await sender.look(depth);
    dropFinalPayloads(store);
    const next = Number(await context.ledger.nextSlot());
    const active = Number(await context.registry.activeVersion());
    if (active === 0) {
      context.once("no-version", () => this.#worker.logger.info("waiting for the first grid version"));
      return false;
    }
    const now = head.timestamp;
    const rules = await this.#readRules(context, now);
    const ownMetersOf = async (slot: number): Promise<number> => await context.ownMetersOf(slot);
    this.#sight = { account, seat: context.seat, head, slots: { rules, ownMetersOf } };
    await intake.take(active, now, rules);
    for (const slot of slotsWithMeasurements(store, Math.max(next, openFrom(rules, now)))) {
      if (slotTimes(rules, slot).start > now) break;
      await uploadSlot(context, slot, now, rules);
    }
    const more = await estimateDue(context, now, rules);
    const settled = await settleNext(context, next, now, rules);
    await alarms.follow(now, rules);
    if (next !== this.#prunedAt) pruneBefore(store, next - this.#config.keepSlots);
    this.#prunedAt = next;
    return more || settled;
  }

  async #equip(): Promise<Equipment> {
    const seat = await identifyOperator(this.#worker, this.#config);
    const context = new OperatorContext(this.#worker, this.#config, seat, this.#readVersion);
    return { context, intake: new ReadingIntake(context), alarms: new AlarmFollower(context) };
  }

  /** What was said and closed on blocks that the chain has lost is looked at again. */
  #forget({ context, alarms }: Equipment, undone: number, depth: number): void {
    alarms.forget();
    context.forgetSaid();
    if (undone > depth) {
      const message = "a fork deeper than the confirmation depth";
      this.#worker.logger.error({ undone, confirmationDepth: depth }, message);
    }
  }

  /** The rules of all slots. They change by vote, under a running worker too. */
  async #readRules({ ledger }: OperatorContext, now: number): Promise<LedgerRules> {
    const { store, logger } = this.#worker;
    const before = this.#rules;
    const rules = await readLedgerRules(ledger, before);
    if (rules === before) return rules;
    const dropped = adoptSchedules(store, rules, now);
    this.#rules = rules;
    logger.info({ ...rules.at(-1), dropped }, before === undefined ? "rules read" : "the rules change");
    return rules;
  }
}

/** Blocks above its own by which a transaction is confirmed, as voted. */
async function confirmationDepth({ consortium }: OperatorContext): Promise<number> {
  const governance = await connectGovernance(consortium);
  return Number((await governance.rules()).confirmationDepth);
}

/** The first slot that may still take values. */
function openFrom(rules: LedgerRules, now: number): number {
  let slot = Math.max(0, slotAtTime(rules, now));
  while (slot > 0 && slotTimes(rules, slot - 1).cutoff > now) slot--;
  return slot;
}
