import type { Provider } from "ethers";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import type { Estimator } from "../../workers/estimation/estimator.js";
import type { VersionRecords } from "../../workers/grid/version/types.js";
import { versionEstimator } from "../../workers/measurement/versionEstimator.js";
import { UserError } from "../support/userError.js";

/** What it takes to estimate the slots of a version. */
export interface SlotVersion {
  readonly version: number;
  readonly records: VersionRecords;
  readonly estimator: Estimator;
  /** Of the false alarm rate that the members agreed on. */
  readonly normalQuantile: number;
}

/** The version that holds for a slot. @throws ChainDataError; UserError if none does. */
export type VersionReader = (slot: number) => Promise<SlotVersion>;

/** Reads the versions of slots, each once. */
export function versionReader({ ledger, registry }: Contracts, provider: Provider): VersionReader {
  const versions = new Map<bigint, Promise<Pick<SlotVersion, "version" | "records" | "estimator">>>();
  return async (slot) => {
    const [version, terms] = await Promise.all([ledger.versionOf(slot), ledger.terms()]);
    if (version === 0n) throw new UserError(`no grid version was in force at the start of slot ${slot}`);
    let content = versions.get(version);
    if (content === undefined) {
      content = readVersion(registry, provider, version).then((one) => ({
        version: one.version,
        records: one.records,
        estimator: versionEstimator(one.records),
      }));
      versions.set(version, content);
    }
    return { ...(await content), normalQuantile: Number(terms.normalQuantileQ32) / 2 ** 32 };
  };
}
