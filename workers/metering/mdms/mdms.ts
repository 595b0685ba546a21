import type { Signer } from "ethers";
import type { Logger } from "pino";
import type { Metering } from "../../../typechain-types/index.js";
import type { MeteringDomain } from "../domain.js";
import type { SignedEpochKey } from "../keys/epochOpening.js";
import type { MeterGaps } from "../messages/gapsMessage.js";
import type { Database } from "./database/types.js";
import type { MdmsKeystore } from "./keys/mdmsKeystore.js";
import { type EpochTerms, tendEpochs } from "./keys/tendEpochs.js";
import { type Followed, followChain, type ReportSource } from "./reader/followChain.js";
import { MeterFacts } from "./reader/meterFacts.js";
import { meterGaps } from "./reader/meterGaps.js";
import { reportOpener } from "./reader/reportOpener.js";
import { type Opened, openReports } from "./store/openReports.js";
import { ProgressMovedError, readProgress } from "./store/progress.js";

/** What an MDMS works with. */
export interface MdmsParts {
  readonly database: Database;
  readonly keystore: MdmsKeystore;
  readonly metering: Metering;
  /** Of any account that may send a transaction: what it sends is signed by the identity key besides. */
  readonly signer: Signer;
  readonly domain: MeteringDomain;
  readonly source: ReportSource;
  readonly logger: Logger;
}

/** What it goes by. Seconds. */
export interface MdmsTerms extends EpochTerms {
  readonly intervalSeconds: number;
  /** After which a report of a final block is opened (paper 002, phase 4). */
  readonly releaseSeconds: number;
  /** The least time between two lists of a meter's gaps; 0 or left out: at once. */
  readonly gapsSeconds?: number | undefined;
}

/** What it tells meters, through the broker. */
export interface MdmsVoice {
  epoch(key: SignedEpochKey): void;
  gaps(gaps: MeterGaps): void;
}

/** What a turn did. */
export interface MdmsTurn extends Opened {
  readonly stored: number;
  readonly undone: number;
}

/** Seconds after which the epoch key is published again: a broker that was started anew may retain nothing. */
const EPOCH_AGAIN_SECONDS = 300;
const OPENED_AT_ONCE = 2_000;

/**
 * The meter data management system (paper 002, phase 4): stores what the chain holds once it is final, opens it when it is
 * released, keeps an epoch key in force and destroys what is over. One `turn` looks once; killed anywhere, the next goes on.
 */
export class Mdms {
  readonly #parts: MdmsParts;
  readonly #terms: MdmsTerms;
  readonly #voice: MdmsVoice;
  readonly #facts: MeterFacts;
  #published: SignedEpochKey | undefined;
  #publishedAt = 0;
  /** Meters whose lists of gaps are due, and when those of others were last said, milliseconds. */
  readonly #gapsDue = new Set<number>();
  readonly #gapsSaid = new Map<number, number>();

  constructor(parts: MdmsParts, terms: MdmsTerms, voice: MdmsVoice) {
    this.#parts = parts;
    this.#terms = terms;
    this.#voice = voice;
    this.#facts = new MeterFacts(parts.metering);
  }

  async turn(): Promise<MdmsTurn> {
    const { database, keystore, domain, source, logger } = this.#parts;
    const { reports, undone, meters, block } = await this.#follow();
    if (undone > 0)
      logger.warn({ reports: undone }, "the chain has turned to another branch; its reports are undone");
    const at = block && (await source.provider.getBlock(block.number));
    if (at == null) return { stored: 0, undone, opened: 0, unreadable: 0, waiting: 0 };
    const open = reportOpener(domain, keystore, this.#facts);
    const until = at.timestamp - this.#terms.releaseSeconds;
    const opened = await openReports(database, until, OPENED_AT_ONCE, open);
    if (opened.unreadable > 0) {
      const unreadable = { reports: opened.unreadable, ...opened.firstUnreadable };
      logger.warn(unreadable, "reports that cannot be read; the first of them is named");
    }
    for (const meter of meters) this.#gapsDue.add(meter);
    await this.#sayGaps();
    // Last: where the account cannot pay for an epoch, all else goes on.
    await this.#tendEpochs(at.timestamp);
    return { stored: reports, undone, ...opened };
  }

  /** A meter that brings much in little time is told once for many reports. */
  async #sayGaps(): Promise<void> {
    const { intervalSeconds, gapsSeconds = 0 } = this.#terms;
    const now = performance.now();
    for (const meter of this.#gapsDue) {
      if (now < (this.#gapsSaid.get(meter) ?? Number.NEGATIVE_INFINITY) + 1_000 * gapsSeconds) continue;
      const gaps = await meterGaps(this.#parts.database, meter, intervalSeconds);
      this.#gapsDue.delete(meter);
      if (gaps === undefined) continue;
      this.#gapsSaid.set(meter, now);
      this.#voice.gaps(gaps);
    }
  }

  /** What another instance has stored meanwhile is stored. */
  async #follow(): Promise<Followed> {
    const { database, source } = this.#parts;
    try {
      return await followChain(database, source);
    } catch (error) {
      if (!(error instanceof ProgressMovedError)) throw error;
      return { reports: 0, undone: 0, meters: new Set(), block: await readProgress(database) };
    }
  }

  async #tendEpochs(now: number): Promise<void> {
    const { metering, signer, domain, keystore, database, logger } = this.#parts;
    const parts = { metering, signer, domain, keystore, database, known: this.#published };
    const { inForce, opened, destroyed } = await tendEpochs(parts, this.#terms, now);
    if (opened !== undefined) logger.info({ epoch: opened }, "opening an epoch");
    for (const epoch of destroyed) logger.info({ epoch }, "key of an epoch destroyed");
    if (inForce === undefined) return;
    const same = inForce.publicKey === this.#published?.publicKey;
    if (same && now < this.#publishedAt + EPOCH_AGAIN_SECONDS) return;
    this.#voice.epoch(inForce);
    this.#published = inForce;
    this.#publishedAt = now;
  }
}
