import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import { type LedgerRules, rulesOfSlot, type SlotRules } from "../../workers/measurement/slotRules.js";
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
  /** Those of the slot. */
  readonly rules: SlotRules;
}

/** The version that holds for a slot. @throws ChainDataError; UserError if none does. */
export type VersionReader = (slot: number) => Promise<SlotVersion>;

/** Reads the versions of slots, each once. */
export function versionReader({ ledger, registry }: Contracts, provider: Provider): VersionReader {
  const versions = new Map<bigint, Promise<Pick<SlotVersion, "version" | "records" | "estimator">>>();
  let rulesRead: Promise<LedgerRules> | undefined;
  return async (slot) => {
    const [version, rules] = await Promise.all([
      ledger.versionOf(slot),
      (rulesRead ??= readLedgerRules(ledger)),
    ]);
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
    return { ...(await content), rules: rulesOfSlot(rules, slot) };
  };
}
