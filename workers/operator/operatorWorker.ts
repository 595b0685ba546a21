import { randomBytes } from "node:crypto";
import { getBytes, type Block } from "ethers";
import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { GridRegistry__factory } from "../../typechain-types/factories/grid/GridRegistry__factory.js";
import { MeterKeys__factory } from "../../typechain-types/factories/measurement/MeterKeys__factory.js";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";
import { connectGovernance } from "../chain/governance/connectGovernance.js";
import { readLedgerRules } from "../chain/readLedgerRules.js";
import { Suspects__factory } from "../../typechain-types/factories/measurement/Suspects__factory.js";
import { type MeterKey, readMeterKeys } from "../chain/readMeterKeys.js";
import { revertReason } from "../chain/revertReason.js";
import { fitSlots } from "../chain/settleMany.js";
import { meterPlace, type ReadingDomain } from "../crypto/meterReading.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import { commitment } from "../measurement/commitment.js";
import { packAngles, packBatch, packSupplement, unpackBatch } from "../measurement/packValues.js";
import { reportedTree } from "../measurement/reportedTree.js";
import { slotAtTime } from "../measurement/slotAtTime.js";
import { type LedgerRules, rulesOfSlot } from "../measurement/slotRules.js";
import { closingTimes, slotTimes } from "../measurement/slotTimes.js";
import { angleUnits } from "../measurement/versionEstimator.js";
import type { ManySlots, QuietSlot } from "../measurement/joinSlots.js";
import { bindIdentity } from "../store/bindIdentity.js";
import { saveEstimate } from "../store/estimates.js";
import { dropFinalPayloads, liveSubmission, submissionsOfSlot, type Submission } from "../store/journal.js";
import { isUnwritable } from "../store/isUnwritable.js";
import { noteEstimated, slotsToEstimate, uploadsOfSlot, type UploadView } from "../store/ledgerView.js";
import { measurementsOfSlot, slotsWithMeasurements } from "../store/measurements.js";
import { forgetRestored, noteRestoredBlock, readRestored } from "../store/restored.js";
import { pruneBefore } from "../store/pruneBefore.js";
import { adoptSchedules } from "../store/schedules.js";
import { transaction } from "../store/transaction.js";
import type { Collaborators } from "./collaborators.js";
import { collectQuiet, quietSlot } from "./collectQuiet.js";
import { composeBatch, composeSupplement } from "./composeBatch.js";
import type { WorkerConfig } from "./config.js";
import { estimateSlot, type SlotEstimate } from "./estimateSlot.js";
import { fetchSlot, recoverUpload, UploadNotRecoverableError, type SlotData } from "./fetchSlot.js";
import { followAlarms } from "./followAlarms.js";
import { MOST_FAILURES } from "./monitor/journalFigures.js";
import type { WorkerSight } from "./monitor/types.js";
import { ingestFile } from "./ingest/ingestFile.js";
import { isNodeDown } from "../chain/isNodeDown.js";
import { listSources } from "./ingest/listSources.js";
import type { IngestContext, IngestMeter } from "./ingest/types.js";
import { submit, type Call } from "./submit.js";
import { syncLedger } from "./syncLedger.js";
import { metersOfSeat, type VersionModel } from "./versionModel.js";

/** The account of the key has no seat. */
export class NotAnOperatorError extends Error {
  override readonly name = "NotAnOperatorError";
  constructor(readonly account: string) {
    super(`${account} is not a member of the consortium`);
  }
}

/** The node serves another chain than the configuration names. */
export class WrongChainError extends Error {
  override readonly name = "WrongChainError";
  constructor(
    readonly got: bigint,
    readonly want: number,
  ) {
    super(`the node serves chain ${got}, the configuration names ${want}`);
  }
}

/** Reads a grid version from the chain. */
export type ReadVersion = (version: number) => Promise<VersionModel>;

const ESTIMATES_PER_TURN = 32;
const VERSIONS_KEPT = 3;
const SALT_BYTES = 32;
/** What a retired ledger says is the version of slots that it does not take. */
const RETIRED = 2 ** 24 - 1;
/** Reverts that say that there is nothing left to do. */
const DONE = new Set([
  "SlotLedgerAlreadyCommitted",
  "SlotLedgerAlreadyUploaded",
  "SlotLedgerAlreadySupplemented",
  "SlotLedgerOutOfOrder",
  "SlotLedgerTooEarly",
  "SuspectsNotLarger",
  "SuspectsWindowOver",
  "SuspectsAlreadyConcluded",
]);

/**
 * An operator's worker. One `turn` looks at the chain and the files once and does all that is due: takes readings in,
 * uploads, supplements, estimates, settles, names suspects. It keeps no state of its own beside caches: what was done is in the store
 * and on the chain, so that it can die anywhere and go on from there.
 */
export class OperatorWorker {
  readonly #worker: Collaborators;
  readonly #config: WorkerConfig;
  readonly #readVersion: ReadVersion;
  readonly #ledger;
  readonly #registry;
  readonly #consortium;
  readonly #versions = new Map<number, VersionModel>();
  /** What was said already, so that it is not said every turn. */
  readonly #said = new Set<string>();
  #started = false;
  #rules: LedgerRules | undefined;
  /** Slots with an alarm that need nothing any more. */
  readonly #closedAlarms = new Set<number>();
  #suspects: string | undefined;
  #keys: {
    readonly changes: bigint;
    readonly version: number;
    readonly byPlace: ReadonlyMap<number, MeterKey[]>;
  } = {
    changes: 0n,
    version: 0,
    byPlace: new Map(),
  };
  #seat = -1;
  #prunedAt = -1;
  #sight: WorkerSight | undefined;

  constructor(worker: Collaborators, config: WorkerConfig, readVersion: ReadVersion) {
    this.#worker = worker;
    this.#config = config;
    this.#readVersion = readVersion;
    const { contracts } = config;
    this.#ledger = SlotLedger__factory.connect(contracts.ledger, worker.provider);
    this.#registry = GridRegistry__factory.connect(contracts.registry, worker.provider);
    this.#consortium = Consortium__factory.connect(contracts.consortium, worker.provider);
  }

  /** What the last turn saw; undefined while no grid version is in force. */
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
    const { provider, store, sender } = this.#worker;
    await provider.check();
    await this.#start();
    const head = await provider.getBlock("latest");
    if (head === null) return false;
    const undone = await syncLedger(this.#worker, this.#config.contracts.ledger, head, this.#config);
    const confirmationDepth = await this.#confirmationDepth();
    if (undone > 0) this.#forget(undone, confirmationDepth);
    if (await this.#catchingUp(head, confirmationDepth)) return false;
    await sender.look(confirmationDepth);
    dropFinalPayloads(store);
    const next = Number(await this.#ledger.nextSlot());
    const active = Number(await this.#registry.activeVersion());
    if (active === 0) {
      this.#once("no-version", () => this.#worker.logger.info("waiting for the first grid version"));
      return false;
    }
    const now = head.timestamp;
    const rules = await this.#readRules(now);
    const ownMetersOf = async (slot: number): Promise<number> => await this.#ownMetersOf(slot);
    this.#sight = { account: this.#worker.account, seat: this.#seat, head, rules, ownMetersOf };
    await this.#ingest(active, now, rules);
    for (const slot of slotsWithMeasurements(store, Math.max(next, openFrom(rules, now)))) {
      if (slotTimes(rules, slot).start > now) break;
      await this.#upload(slot, now, rules);
    }
    const more = await this.#estimate(now, rules);
    const settled = await this.#settle(next, head, rules);
    await this.#followAlarms(now, rules);
    if (next !== this.#prunedAt) pruneBefore(store, next - this.#config.keepSlots);
    this.#prunedAt = next;
    return more || settled;
  }

  /** Once: who the worker is, and that it is at the right chain with the right store. */
  async #start(): Promise<void> {
    if (this.#started) return;
    const { provider, account, store, logger } = this.#worker;
    const { chainId, contracts } = this.#config;
    const served = BigInt((await provider.send("eth_chainId", [])) as string);
    if (served !== BigInt(chainId)) throw new WrongChainError(served, chainId);
    const genesis = await provider.getBlock(0);
    bindIdentity(store, {
      chainId: String(chainId),
      genesisHash: genesis?.hash ?? "",
      ledger: contracts.ledger,
      operator: account,
    });
    try {
      this.#seat = Number(await this.#consortium.seatOf(account));
    } catch (error) {
      if (revertReason(error)?.name === "ConsortiumNotMember") throw new NotAnOperatorError(account);
      throw error;
    }
    this.#started = true;
    logger.info({ account, seat: this.#seat, chainId, ledger: contracts.ledger }, "worker started");
  }

  /** Blocks above its own by which a transaction is confirmed, as voted. */
  async #confirmationDepth(): Promise<number> {
    const governance = await connectGovernance(this.#consortium);
    return Number((await governance.rules()).confirmationDepth);
  }

  /** What was said and closed on blocks that the chain has lost is looked at again. */
  #forget(undone: number, confirmationDepth: number): void {
    this.#closedAlarms.clear();
    this.#said.clear();
    if (undone > confirmationDepth) {
      const message = "a fork deeper than the confirmation depth";
      this.#worker.logger.error({ undone, confirmationDepth }, message);
    }
  }

  /**
   * Of a database restored from a backup: whether transactions that were signed since may still be on their way, which
   * the journal does not know. Nothing is signed until they are in blocks, whose events are known, or lost.
   */
  async #catchingUp(head: Block, confirmationDepth: number): Promise<boolean> {
    const { provider, store, logger } = this.#worker;
    const restored = readRestored(store);
    if (restored === undefined) return false;
    if (restored.block === undefined) noteRestoredBlock(store, head.number);
    const since = restored.block ?? head.number;
    const [pending, latest] = await Promise.all([
      provider.getTransactionCount(this.#worker.account, "pending"),
      provider.getTransactionCount(this.#worker.account, "latest"),
    ]);
    const until = since + confirmationDepth;
    if (pending > latest || head.number < until) {
      this.#once("restored", () =>
        logger.info(
          { untilBlock: until, pending: pending - latest },
          "restored; catching up before it signs",
        ),
      );
      return true;
    }
    forgetRestored(store);
    logger.info({ block: head.number }, "restored history has caught up");
    return false;
  }

  /** The rules of all slots. They change by vote, under a running worker too. */
  async #readRules(now: number): Promise<LedgerRules> {
    const { store, logger } = this.#worker;
    const before = this.#rules;
    const rules = await readLedgerRules(this.#ledger, before);
    if (rules === before) return rules;
    const dropped = adoptSchedules(store, rules, now);
    this.#rules = rules;
    logger.info({ ...rules.at(-1), dropped }, before === undefined ? "rules read" : "the rules change");
    return rules;
  }

  async #ingest(version: number, now: number, rules: LedgerRules): Promise<void> {
    const { measurements, maxAheadSeconds } = this.#config;
    if (measurements === undefined) return;
    const model = await this.#version(version);
    const keys = await this.#keysOf(model);
    const meters = new Map<string, IngestMeter>();
    for (const [index, { id, kind, seat, rangeCounts }] of model.meters.entries()) {
      const own = seat === this.#seat;
      const place = meterPlace(kind, model.records.directory[index]!.place);
      const held = own ? keys.get(place) : undefined;
      meters.set(id, { index, kind, own, rangeCounts, signing: held && { place, keys: held } });
    }
    const context: IngestContext = {
      meters,
      rules,
      now,
      powerUnitKw: model.powerUnitKw,
      maxAheadSeconds,
      domain: this.#domain,
    };
    const { store, logger } = this.#worker;
    for (const path of listSources(measurements)) {
      let result;
      try {
        result = ingestFile(store, path, context);
      } catch (error) {
        // A file that cannot be read keeps nothing else from being done.
        if (!(error instanceof Error && "syscall" in error)) throw error;
        this.#once(`${path} ${error.message}`, () =>
          logger.error({ path, reason: error.message }, "file not read"),
        );
        continue;
      }
      const { values, flagged, problems } = result;
      this.#worker.tell({
        what: "readings",
        taken: values + flagged,
        refused: problems.map(({ code }) => code),
      });
      for (const { line, code, message } of problems) logger.warn({ path, line, code }, message);
      if (values + flagged + problems.length > 0) {
        logger.info({ path, values, flagged, problems: problems.length }, "measurements read");
      }
    }
  }

  /** The keys of own meters that sign their values, by place; read again when the chain says that one was set. */
  async #keysOf(model: VersionModel): Promise<ReadonlyMap<number, MeterKey[]>> {
    const { meterKeys: address } = this.#config.contracts;
    if (address === undefined) return this.#keys.byPlace;
    const meterKeys = MeterKeys__factory.connect(address, this.#worker.provider);
    const changes = await meterKeys.changesOf(this.#seat);
    const { version } = model;
    if (changes !== this.#keys.changes || version !== this.#keys.version) {
      const places = model.meters.flatMap(({ kind, seat }, i) =>
        seat === this.#seat ? [meterPlace(kind, model.records.directory[i]!.place)] : [],
      );
      const byPlace = await readMeterKeys(meterKeys, this.#seat, places);
      this.#keys = { changes, version, byPlace };
      this.#worker.logger.info({ meters: byPlace.size }, "keys of signing meters read");
    }
    return this.#keys.byPlace;
  }

  get #domain(): ReadingDomain | undefined {
    const { chainId, contracts } = this.#config;
    return contracts.meterKeys === undefined
      ? undefined
      : { chainId: BigInt(chainId), meterKeys: contracts.meterKeys };
  }

  /** The batch of a slot once it has ended or is whole, or the commitment to it; later the supplement, or the batch. */
  async #upload(slot: number, now: number, rules: LedgerRules): Promise<void> {
    const { store } = this.#worker;
    const { slotSeconds, commitSlots } = rulesOfSlot(rules, slot);
    const { end, due } = slotTimes(rules, slot);
    const model = await this.#version(Number(await this.#ledger.versionOf(slot)));
    const own = metersOfSeat(model, this.#seat);
    if (own.length === 0) return;
    const readings = measurementsOfSlot(store, slot);
    const last = due - (this.#config.marginSeconds ?? slotSeconds / 2);
    const sent = liveSubmission(store, slot, "upload");
    const onChain = uploadsOfSlot(store, slot).filter(({ seat }) => seat === this.#seat);
    const mine = onChain.find(({ kind }) => kind === "upload");
    const values = composeBatch(own, readings, model.powerUnitKw);

    if (sent === undefined && mine === undefined) {
      if (commitSlots > 0 && now >= due) return await this.#reveal(slot);
      if (commitSlots > 0 && liveSubmission(store, slot, "commit") !== undefined) return;
      const complete = own.every((meter) => readings.has(meter.id));
      if (values.every((value) => value === MISSING_VALUE)) return;
      if (!complete && now < Math.min(end, last)) return;
      const batch = packBatch(values);
      if (commitSlots > 0) await this.#commit(slot, batch);
      else await this.#submit(slot, "upload", batch);
      return;
    }
    if (commitSlots > 0 || mine === undefined || onChain.length > 1) return;
    if (liveSubmission(store, slot, "supplement") !== undefined) return;
    const entries = composeSupplement(unpackBatch(await this.#uploaded(mine, sent)), values);
    const whole = values.every((value) => value !== MISSING_VALUE);
    if (entries.length === 0 || (!whole && now < last)) return;
    await this.#submit(slot, "supplement", packSupplement(entries));
  }

  /** Commits to a batch. Salt and batch are in the journal before the commitment is sent: without them it is worthless. */
  async #commit(slot: number, batch: Uint8Array): Promise<void> {
    const salt = randomBytes(SALT_BYTES);
    const data = this.#ledger.interface.encodeFunctionData("commit", [
      slot,
      commitment(slot, this.#seat, salt, batch),
    ]);
    const payload = Uint8Array.from([...salt, ...batch]);
    await this.#send({ slot, kind: "commit", to: this.#config.contracts.ledger, data, payload });
  }

  /** Shows the batch that was committed to, if one was. */
  async #reveal(slot: number): Promise<void> {
    const committed = liveSubmission(this.#worker.store, slot, "commit");
    if (committed === undefined) return;
    const salt = committed.payload.slice(0, SALT_BYTES);
    const payload = committed.payload.slice(SALT_BYTES);
    const data = this.#ledger.interface.encodeFunctionData("reveal", [slot, payload, salt]);
    await this.#send({ slot, kind: "upload", to: this.#config.contracts.ledger, data, payload });
  }

  /** The batch that is on the chain: as the journal has it or, if it was sent by other hands, as the chain has it. */
  async #uploaded(upload: UploadView, sent: Submission | undefined): Promise<Uint8Array> {
    return sent?.hash === upload.tx ? sent.payload : await recoverUpload(this.#worker.provider, upload);
  }

  async #submit(slot: number, kind: "upload" | "supplement", payload: Uint8Array): Promise<void> {
    const data =
      kind === "upload"
        ? this.#ledger.interface.encodeFunctionData("upload", [slot, payload])
        : this.#ledger.interface.encodeFunctionData("supplement", [slot, payload]);
    await this.#send({ slot, kind, to: this.#config.contracts.ledger, data, payload });
  }

  /**
   * Estimates the slots whose uploads are all there, or whose cut-off has passed.
   *
   * @returns whether some are left for the next turn.
   */
  async #estimate(now: number, rules: LedgerRules): Promise<boolean> {
    const { provider, store, logger } = this.#worker;
    let room = ESTIMATES_PER_TURN;
    for (const { slot, version, uploads } of slotsToEstimate(store)) {
      const model = await this.#version(version);
      const key = `estimate ${slot} ${uploads}`;
      if (this.#said.has(key)) continue;
      const owners = new Set(model.meters.map((meter) => meter.seat));
      if (now < slotTimes(rules, slot).cutoff && uploads < owners.size) continue;
      if (room-- === 0) return true;
      try {
        const data = await fetchSlot(provider, store, model, slot);
        const { theta: _theta, ...estimate } = estimateSlot(
          model,
          data,
          rulesOfSlot(rules, slot).normalQuantile,
        );
        transaction(store, () => {
          saveEstimate(store, { slot, version, at: Math.floor(now), ...estimate });
          noteEstimated(store, slot, data.uploads);
        });
        const { objective, threshold, missing } = estimate;
        const alarm = objective !== undefined && threshold !== undefined && objective > threshold;
        logger.info({ slot, missing, objective, threshold, alarm }, "slot estimated");
        this.#worker.tell({ what: "estimated", alarm });
      } catch (error) {
        // Neither says anything of the slot.
        if (isNodeDown(error) || isUnwritable(error)) throw error;
        this.#once(key, () => logger.error({ slot, reason: String(error) }, "slot cannot be estimated"));
      }
    }
    return false;
  }

  /**
   * Settles the next slot, if its cut-off has passed and it is this operator's turn to try.
   *
   * @returns whether a settlement was sent.
   */
  async #settle(slot: number, head: Block, rules: LedgerRules): Promise<boolean> {
    const { provider, store, logger } = this.#worker;
    const { cutoff, incomplete, expiry } = closingTimes(rules, slot);
    const seats = Number(await this.#consortium.seatCount());
    const rank = (((this.#seat - slot) % seats) + seats) % seats;
    if (head.timestamp < cutoff + rank * this.#config.settleStaggerSeconds) return false;
    if (liveSubmission(store, slot, "settle") !== undefined) return false;

    const model = await this.#version(Number(await this.#ledger.versionOf(slot)));
    let data;
    try {
      data = await fetchSlot(provider, store, model, slot);
    } catch (error) {
      if (!(error instanceof UploadNotRecoverableError)) throw error;
      this.#once(`settle ${slot}`, () =>
        logger.error({ slot, reason: error.message }, "slot cannot be settled"),
      );
      return false;
    }
    const closing = this.#ledger.interface.encodeFunctionData("closeIncomplete", [
      slot,
      data.values,
      data.supplements,
    ]);
    const { penaliseIncomplete } = rulesOfSlot(rules, slot);
    if (data.missing > 0 && !penaliseIncomplete) return await this.#sendSettlement(slot, closing);
    const estimate = this.#estimateOf(model, data, slot, rules);
    const theta = estimate?.theta;
    if (data.missing > 0) {
      // Without redundancy τ is 0, and the ledger takes no certificate.
      const certifiable = theta !== undefined && (estimate?.threshold ?? 0) > 0;
      const tree = certifiable ? reportedTree(model.records, data.counts) : undefined;
      const angles = certifiable
        ? this.#fitted(slot, () => packAngles(angleUnits(model.records, theta)))
        : undefined;
      if (tree !== undefined && angles !== undefined) {
        const settling = this.#ledger.interface.encodeFunctionData("settleIncomplete", [
          slot,
          data.values,
          data.supplements,
          angles,
          tree,
        ]);
        if (await this.#sendSettlement(slot, settling)) return true;
      }
      return head.timestamp >= incomplete && (await this.#sendSettlement(slot, closing));
    }
    if (estimate !== undefined && theta !== undefined) {
      const quiet = quietSlot(model, slot, data, estimate);
      if (quiet !== undefined && (await this.#settleMany(quiet, model, head.timestamp, rules))) return true;
      const angles = this.#fitted(slot, () => model.packAngles(data.counts, theta));
      if (angles !== undefined) {
        const { values, supplements } = data;
        const settling = this.#ledger.interface.encodeFunctionData("settle", [
          slot,
          values,
          supplements,
          angles,
        ]);
        if (await this.#sendSettlement(slot, settling)) return true;
      }
    }
    return head.timestamp >= expiry && (await this.#sendSettlement(slot, closing));
  }

  /** Names suspects for the slots that raised the alarm, and concludes the claims of this operator that stood. */
  async #followAlarms(now: number, rules: LedgerRules): Promise<void> {
    const suspects = Suspects__factory.connect(await this.#suspectsAddress(), this.#worker.provider);
    const seats = Number(await this.#consortium.seatCount());
    await followAlarms(this.#worker, suspects, this.#closedAlarms, {
      now,
      account: this.#worker.account,
      slotSecondsOf: (slot) => rulesOfSlot(rules, slot).slotSeconds,
      delayOf: (slot) =>
        ((((this.#seat - slot) % seats) + seats) % seats) * this.#config.settleStaggerSeconds,
      version: async (version) => await this.#version(version),
      send: async (call) => await this.#send(call),
    });
  }

  async #suspectsAddress(): Promise<string> {
    return (this.#suspects ??= await this.#ledger.suspects());
  }

  /**
   * Settles a slot together with those after it, if there are any that are due and without alarm.
   *
   * @returns whether a settlement was sent; else the slot is settled by itself.
   */
  async #settleMany(
    first: QuietSlot,
    model: VersionModel,
    now: number,
    rules: LedgerRules,
  ): Promise<boolean> {
    const { provider, store, logger } = this.#worker;
    const { slot } = first;
    // What failed together is tried alone.
    if (submissionsOfSlot(store, slot).some(({ kind }) => kind === "settle")) return false;
    const slots = await collectQuiet(this.#worker, model, first, now, rules, async (one) =>
      Number(await this.#ledger.versionOf(one)),
    );
    if (slots.length < 2) return false;
    const to = this.#config.contracts.ledger;
    const encode = (call: ManySlots): string =>
      this.#ledger.interface.encodeFunctionData("settleMany", [
        call.first,
        call.count,
        call.values,
        call.supplements,
        call.angles,
      ]);
    try {
      const call = await fitSlots(slots, async (one) =>
        provider.estimateGas({ from: this.#worker.account, to, data: encode(one) }),
      );
      if (call.count < 2) return false;
      logger.info({ slot, slots: call.count }, "settling slots together");
      return await this.#sendSettlement(slot, encode(call));
    } catch (error) {
      const revert = revertReason(error);
      if (revert === undefined) throw error;
      logger.debug({ slot, revert: revert.message }, "slots cannot be settled together");
      return false;
    }
  }

  #estimateOf(
    model: VersionModel,
    data: SlotData,
    slot: number,
    rules: LedgerRules,
  ): SlotEstimate | undefined {
    try {
      return estimateSlot(model, data, rulesOfSlot(rules, slot).normalQuantile);
    } catch (error) {
      // Left to others or, in the end, to the slot's expiry.
      const reason = String(error);
      this.#once(`angles ${slot}`, () =>
        this.#worker.logger.error({ slot, reason }, "slot cannot be estimated"),
      );
      return undefined;
    }
  }

  /** Angles that fit into the ledger's integers; false values may ask for others: such a slot waits for its expiry. */
  #fitted(slot: number, pack: () => Uint8Array): Uint8Array | undefined {
    try {
      return pack();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#once(`angles ${slot}`, () =>
        this.#worker.logger.error({ slot, reason: error.message }, "slot cannot be settled"),
      );
      return undefined;
    }
  }

  async #sendSettlement(slot: number, data: string): Promise<boolean> {
    const to = this.#config.contracts.ledger;
    return await this.#send({ slot, kind: "settle", to, data, payload: getBytes(data) });
  }

  /** Sends a call unless it would revert, or has too often. @returns whether it was sent. */
  async #send(call: Call): Promise<boolean> {
    const { store, logger } = this.#worker;
    const { slot, kind } = call;
    const failures = submissionsOfSlot(store, slot).filter(
      (one) => one.kind === kind && one.state === "failed",
    );
    if (failures.length >= MOST_FAILURES) {
      this.#once(`${kind} ${slot} failed`, () =>
        logger.error({ slot, kind }, "given up after repeated failures"),
      );
      return false;
    }
    if (this.#worker.sender.room() === 0) return false;
    try {
      await submit(this.#worker, call);
      return true;
    } catch (error) {
      const revert = revertReason(error);
      if (revert === undefined) throw error;
      if (DONE.has(revert.name))
        logger.debug({ slot, kind, revert: revert.message }, "done by others already");
      else
        this.#once(`${kind} ${slot} ${revert.name}`, () =>
          logger.warn({ slot, kind, revert: revert.message }, "refused"),
        );
      return false;
    }
  }

  /** How many meters of this operator the version of a slot has; 0 where none is in force. */
  async #ownMetersOf(slot: number): Promise<number> {
    if (slot < 0) return 0;
    const version = Number(await this.#ledger.versionOf(slot));
    if (version === 0 || version === RETIRED) return 0;
    return metersOfSeat(await this.#version(version), this.#seat).length;
  }

  async #version(version: number): Promise<VersionModel> {
    let model = this.#versions.get(version);
    if (model === undefined) {
      model = await this.#readVersion(version);
      this.#versions.set(version, model);
      const [oldest] = this.#versions.keys();
      if (this.#versions.size > VERSIONS_KEPT && oldest !== undefined) this.#versions.delete(oldest);
      this.#worker.logger.info({ version, meters: model.meters.length }, "grid version loaded");
    }
    return model;
  }

  #once(key: string, say: () => void): void {
    if (this.#said.has(key)) return;
    if (this.#said.size > 10_000) this.#said.clear();
    this.#said.add(key);
    say();
  }
}

/** The first slot that may still take values. */
function openFrom(rules: LedgerRules, now: number): number {
  let slot = Math.max(0, slotAtTime(rules, now));
  while (slot > 0 && slotTimes(rules, slot - 1).cutoff > now) slot--;
  return slot;
}
