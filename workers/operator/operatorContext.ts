import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { GridRegistry__factory } from "../../typechain-types/factories/grid/GridRegistry__factory.js";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";
import type { Collaborators } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";
import { metersOfSeat, type VersionModel } from "./versionModel.js";

/** Reads a grid version from the chain. */
export type ReadVersion = (version: number) => Promise<VersionModel>;

const VERSIONS_KEPT = 3;
const MOST_SAID = 10_000;
/** What a retired ledger says is the version of slots that it does not take. */
const RETIRED = 2 ** 24 - 1;

/** What all that a worker does for its operator rests on: its contracts, its seat, the grid versions, what it has said. */
export class OperatorContext {
  readonly worker: Collaborators;
  readonly config: WorkerConfig;
  readonly seat: number;
  readonly ledger;
  readonly registry;
  readonly consortium;
  readonly #readVersion: ReadVersion;
  readonly #versions = new Map<number, VersionModel>();
  /** What was said already, so that it is not said every turn. */
  readonly #said = new Set<string>();

  constructor(worker: Collaborators, config: WorkerConfig, seat: number, readVersion: ReadVersion) {
    this.worker = worker;
    this.config = config;
    this.seat = seat;
    this.#readVersion = readVersion;
    this.ledger = SlotLedger__factory.connect(config.contracts.ledger, worker.provider);
    this.registry = GridRegistry__factory.connect(config.contracts.registry, worker.provider);
    this.consortium = Consortium__factory.connect(config.contracts.consortium, worker.provider);
  }

  /** The grid version of this number; the last ones are kept. */
  async version(version: number): Promise<VersionModel> {
    let model = this.#versions.get(version);
    if (model === undefined) {
      model = await this.#readVersion(version);
      this.#versions.set(version, model);
      const [oldest] = this.#versions.keys();
      if (this.#versions.size > VERSIONS_KEPT && oldest !== undefined) this.#versions.delete(oldest);
      this.worker.logger.info({ version, meters: model.meters.length }, "grid version loaded");
    }
    return model;
  }

  /** The number of the grid version that holds for a slot; 0 where none is in force. */
  async versionOf(slot: number): Promise<number> {
    return Number(await this.ledger.versionOf(slot));
  }

  /** How many meters of this operator the version of a slot has; 0 where none is in force. */
  async ownMetersOf(slot: number): Promise<number> {
    if (slot < 0) return 0;
    const version = await this.versionOf(slot);
    if (version === 0 || version === RETIRED) return 0;
    return metersOfSeat(await this.version(version), this.seat).length;
  }

  /** Seconds that this operator leaves to others for what any of them can do for a slot; whose it is first goes round. */
  async staggerOf(): Promise<(slot: number) => number> {
    const seats = Number(await this.consortium.seatCount());
    return (slot) => ((((this.seat - slot) % seats) + seats) % seats) * this.config.settleStaggerSeconds;
  }

  /** Says something unless it was said under this key before. */
  once(key: string, say: () => void): void {
    if (this.#said.has(key)) return;
    if (this.#said.size > MOST_SAID) this.#said.clear();
    this.#said.add(key);
    say();
  }

  /** Whether something was said under this key. */
  hasSaid(key: string): boolean {
    return this.#said.has(key);
  }

  /** Has everything said again that still holds. */
  forgetSaid(): void {
    this.#said.clear();
  }
}
