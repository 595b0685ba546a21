import { existsSync } from "node:fs";
import type { Logger } from "pino";
import { AlertBook } from "../../alerts/alertBook.js";
import { messageOf } from "../../errors/messageOf.js";
import { findDeadlock, type Verdict } from "../deadlock/findDeadlock.js";
import { finishRecovery, recoverNetwork } from "../deadlock/recoverNetwork.js";
import { Stillness } from "../deadlock/Stillness.js";
import type { NodeSnapshot } from "../deadlock/types.js";
import type { Engine, NodeConnection } from "../engines/types.js";
import { type Layout, layout } from "../layout.js";
import { ask, blockAt, type Head, peerCount } from "../nodeState.js";
import { pickLongest } from "../pickLongest.js";
import type { Network, Validator } from "../types.js";
import { confirmationDepth, findAlerts, haltedSeconds, SILENT_TURNS } from "./findAlerts.js";
import { findFork } from "./findFork.js";
import { SealBook } from "./SealBook.js";
import type { NetworkHealth, ValidatorHealth } from "./types.js";

/** Blocks that are followed in one look at most: more come in the next. */
const MOST_BLOCKS = 200;
/** Seconds after a recovery that failed until the next attempt. */
const RETRY_SECONDS = 30;

/** What a watch reads the time from, in seconds. */
export interface WatchClock {
  /** Unix time. */
  unix(): number;
  /** Of a clock that is never set: for how long things last. */
  steady(): number;
}

const systemClock: WatchClock = {
  unix: () => Date.now() / 1000,
  steady: () => performance.now() / 1000,
};

/** What a watch needs. */
export interface WatchOptions {
  readonly folder: string;
  /** The network as it is now. */
  readonly network: () => Network;
  readonly engine: Engine;
  readonly logger: Logger;
  /** A validator's clock against this machine's; undefined where it is not known. */
  readonly clockOffset: (validator: number) => number | undefined;
  /** The system's if left out. */
  readonly clock?: WatchClock;
}

/** What one node told. */
interface Look {
  readonly validator: Validator;
  readonly head: Head;
  readonly peers: number;
  readonly snapshot: Omit<NodeSnapshot, "stillSeconds"> | undefined;
}

/**
 * Watches a network: looks at all of its nodes that are on this machine, keeps the alerts that stand, and mends a deadlock
 * where all nodes are here.
 */
export class NetworkWatch {
  readonly #options: WatchOptions;
  readonly #at: Layout;
  readonly #clock: WatchClock;
  readonly #stillness = new Stillness();
  readonly #alerts: AlertBook;
  readonly #seals = new SealBook();
  /** Unix time. */
  #firstLook: number | undefined;
  #latest: NetworkHealth | undefined;
  #recoveries = 0;
  #failedRecoveries = 0;
  /** When the next recovery may be tried, by the steady clock. */
  #notBefore = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#alerts = new AlertBook(options.logger);
    this.#at = layout(options.folder);
    this.#clock = options.clock ?? systemClock;
  }

  /** How the network stood when it was looked at last. */
  get latest(): NetworkHealth | undefined {
    return this.#latest;
  }

  /** Looks once. It throws for nothing that a node does. */
  async look(): Promise<void> {
    const network = this.#options.network();
    const here = network.validators.filter(({ number }) => isHere(this.#at, number));
    const looks = (await Promise.all(here.map((validator) => this.#lookAt(validator)))).filter(
      (look) => look !== undefined,
    );
    const now = this.#clock.unix();
    this.#firstLook ??= now;
    const best = pickLongest(looks, now);
    const sealers = best === undefined ? undefined : await this.#follow(best, network);
    const deadlock = this.#findDeadlock(looks, network, here.length);
    const validators = network.validators.map((validator) =>
      this.#healthOf(validator, {
        here: here.includes(validator),
        look: looks.find((one) => one.validator === validator),
        seals: sealers?.has(validator.address.toLowerCase()) ?? false,
        period: network.blockPeriodSeconds,
        now,
      }),
    );
    const found = findAlerts({
      blockPeriodSeconds: network.blockPeriodSeconds,
      validators,
      headAgeSeconds:
        looks.length === 0 ? null : now - Math.max(...looks.map(({ head }) => this.#timeOf(head))),
      forkedAt: await this.#fork(looks, network),
      deadlock,
    });
    this.#alerts.update(found, now);
    this.#latest = {
      chainId: network.chainId,
      blockPeriodSeconds: network.blockPeriodSeconds,
      observedAt: now,
      validators,
      alerts: this.#alerts.standing,
      recoveries: this.#recoveries,
      failedRecoveries: this.#failedRecoveries,
    };
    if (deadlock?.kind === "deadlocked" && this.#clock.steady() >= this.#notBefore) await this.#recover(here);
    // Sealing goes on: a node that was told to stop may not begin alone.
    else if (this.#moves(looks, here.length)) await this.#finish(here);
  }

  /** The time of a node's newest block; of the genesis block, whose own says nothing, that of the first look. */
  #timeOf({ height, time }: Head): number {
    return height === 0 ? Math.max(time, this.#firstLook ?? 0) : time;
  }

  async #lookAt(validator: Validator): Promise<Look | undefined> {
    const { engine } = this.#options;
    return await ask(engine, validator, this.#at, async (node) => {
      const [head, peers, snapshot] = await Promise.all([
        blockAt(node),
        peerCount(node),
        engine.deadlocks?.snapshot(node, validator),
      ]);
      return head === undefined ? undefined : { validator, head, peers, snapshot };
    });
  }

  /** Takes in who sealed the blocks since the last look. @returns the accounts that may seal, in small letters. */
  async #follow({ validator, head }: Look, network: Network): Promise<ReadonlySet<string> | undefined> {
    const { engine } = this.#options;
    return await ask(engine, validator, this.#at, async (node) => {
      // A turn more than silence takes, so that it is known from the first look on.
      const back = (SILENT_TURNS + 1) * network.validators.length;
      const first = this.#seals.next ?? Math.max(1, head.height - back);
      const last = Math.min(head.height, first + MOST_BLOCKS);
      for (let height = first; height <= last; height++) {
        const [sealer, block] = await Promise.all([engine.sealerOf(node, height), blockAt(node, height)]);
        if (block === undefined) break;
        this.#seals.add(height, sealer, block.time);
      }
      const sealers = await engine.sealers(node);
      return new Set(sealers.map((sealer) => sealer.toLowerCase()));
    });
  }

  #findDeadlock(looks: readonly Look[], network: Network, here: number): Verdict | undefined {
    if (this.#options.engine.deadlocks === undefined) return undefined;
    const snapshots = looks.map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== undefined);
    return findDeadlock(this.#stillness.look(snapshots, this.#clock.steady()), {
      validators: network.validators.length,
      blockPeriodSeconds: network.blockPeriodSeconds,
      seesAll: here === network.validators.length,
    });
  }

  /** Whether all nodes answer, and blocks come. */
  #moves(looks: readonly Look[], here: number): boolean {
    const { blockPeriodSeconds, validators } = this.#options.network();
    const newest = Math.max(...looks.map(({ head }) => head.time));
    const full = looks.every(({ peers }) => peers >= validators.length - 1);
    return looks.length === here && full && this.#clock.unix() - newest <= haltedSeconds(blockPeriodSeconds);
  }

  async #fork(looks: readonly Look[], network: Network): Promise<number | null> {
    return await findFork(
      looks.map(({ head }) => head.height),
      confirmationDepth(network.validators.length),
      async (i, height) => {
        const { validator } = looks[i]!;
        const hashAt = async (node: NodeConnection) => (await blockAt(node, height))?.hash;
        return await ask(this.#options.engine, validator, this.#at, hashAt);
      },
    );
  }

  #healthOf(
    { number, name, address }: Validator,
    seen: {
      readonly here: boolean;
      readonly look: Look | undefined;
      readonly seals: boolean;
      readonly period: number;
      readonly now: number;
    },
  ): ValidatorHealth {
    const { head, peers } = seen.look ?? {};
    const sealed = this.#seals.secondsOf(address);
    return {
      number,
      name,
      running: seen.here ? seen.look !== undefined : null,
      height: head?.height ?? null,
      headHash: head?.hash ?? null,
      peers: peers ?? null,
      seals: seen.seals,
      sealedBlocks: this.#seals.countOf(address),
      secondsSinceSealed: sealed === null ? null : tenths(Math.max(0, seen.now - sealed)),
      blocksSinceSealed: this.#seals.blocksSince(address),
      lagSeconds:
        head === undefined ? null : tenths(Math.max(0, seen.now - this.#timeOf(head) - seen.period)),
      clockOffsetSeconds: seen.look === undefined ? null : this.#clockOffset(number),
    };
  }

  /** To the millisecond: less is noise. */
  #clockOffset(number: number): number | null {
    const offset = this.#options.clockOffset(number);
    return offset === undefined ? null : Math.round(1000 * offset) / 1000;
  }

  async #recover(here: readonly Validator[]): Promise<void> {
    const { engine, logger } = this.#options;
    const started = this.#clock.steady();
    logger.warn("deadlock found; recovering");
    try {
      const recovery = await recoverNetwork(engine, engine.deadlocks!, here, this.#at);
      this.#recoveries++;
      logger.info({ ...recovery, seconds: tenths(this.#clock.steady() - started) }, "recovered");
    } catch (error) {
      // Whatever it was, the next attempt may do better, and the nodes' ports must stay open.
      this.#failedRecoveries++;
      this.#notBefore = this.#clock.steady() + RETRY_SECONDS;
      logger.error({ reason: messageOf(error) }, "the recovery failed");
    }
  }

  async #finish(here: readonly Validator[]): Promise<void> {
    const { engine, logger } = this.#options;
    const resent = await finishRecovery(engine, here, this.#at);
    if (resent !== undefined) logger.info(resent, "ended a recovery that was cut short");
  }
}

/** Whether a validator's node has its key on this machine. */
function isHere(at: Layout, number: number): boolean {
  return existsSync(at.validator(number).nodeKey);
}

function tenths(seconds: number): number {
  return Math.round(10 * seconds) / 10;
}
