import { MeterKeys__factory } from "../../../typechain-types/factories/measurement/MeterKeys__factory.js";
import { type MeterKey, readMeterKeys } from "../../chain/readMeterKeys.js";
import { meterPlace, type ReadingDomain } from "../../crypto/meterReading.js";
import type { LedgerRules } from "../../measurement/slotRules.js";
import type { OperatorContext } from "../operatorContext.js";
import type { VersionModel } from "../versionModel.js";
import { ingestFile } from "./ingestFile.js";
import { listSources } from "./listSources.js";
import type { IngestContext, IngestMeter } from "./types.js";

/** Takes readings from the operator's files into its store. */
export class ReadingIntake {
  readonly #context: OperatorContext;
  #keys: {
    readonly changes: bigint;
    readonly version: number;
    readonly byPlace: ReadonlyMap<number, MeterKey[]>;
  } = { changes: 0n, version: 0, byPlace: new Map() };

  constructor(context: OperatorContext) {
    this.#context = context;
  }

  /**
   * Reads what the files have that is new.
   *
   * @param version The grid version whose meters may report.
   * @param now Time of the chain.
   */
  async take(version: number, now: number, rules: LedgerRules): Promise<void> {
    const { worker, config } = this.#context;
    const { measurements, maxAheadSeconds } = config;
    if (measurements === undefined) return;
    const model = await this.#context.version(version);
    const { powerUnitKw } = model;
    const meters = await this.#meters(model);
    const ingest: IngestContext = { meters, rules, now, powerUnitKw, maxAheadSeconds, domain: this.#domain };
    const { store, logger } = worker;
    for (const path of listSources(measurements)) {
      let result;
      try {
        result = ingestFile(store, path, ingest);
      } catch (error) {
        // A file that cannot be read keeps nothing else from being done.
        if (!(error instanceof Error && "syscall" in error)) throw error;
        this.#context.once(`${path} ${error.message}`, () =>
          logger.error({ path, reason: error.message }, "file not read"),
        );
        continue;
      }
      const { values, flagged, problems } = result;
      worker.tell({
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

  async #meters(model: VersionModel): Promise<Map<string, IngestMeter>> {
    const keys = await this.#keysOf(model);
    return new Map(
      model.meters.map(({ id, kind, seat, rangeCounts }, index) => {
        const own = seat === this.#context.seat;
        const place = meterPlace(kind, model.records.directory[index]!.place);
        const held = own ? keys.get(place) : undefined;
        return [id, { index, kind, own, rangeCounts, signing: held && { place, keys: held } }];
      }),
    );
  }

  /** The keys of own meters that sign their values, by place; read again when the chain says that one was set. */
  async #keysOf(model: VersionModel): Promise<ReadonlyMap<number, MeterKey[]>> {
    const { worker, config, seat } = this.#context;
    const { meterKeys: address } = config.contracts;
    if (address === undefined) return this.#keys.byPlace;
    const meterKeys = MeterKeys__factory.connect(address, worker.provider);
    const changes = await meterKeys.changesOf(seat);
    const { version } = model;
    if (changes !== this.#keys.changes || version !== this.#keys.version) {
      const places = model.meters.flatMap(({ kind, seat: owner }, i) =>
        owner === seat ? [meterPlace(kind, model.records.directory[i]!.place)] : [],
      );
      const byPlace = await readMeterKeys(meterKeys, seat, places);
      this.#keys = { changes, version, byPlace };
      worker.logger.info({ meters: byPlace.size }, "keys of signing meters read");
    }
    return this.#keys.byPlace;
  }

  get #domain(): ReadingDomain | undefined {
    const { chainId, contracts } = this.#context.config;
    return contracts.meterKeys === undefined
      ? undefined
      : { chainId: BigInt(chainId), meterKeys: contracts.meterKeys };
  }
}
