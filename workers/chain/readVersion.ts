import type { Provider } from "ethers";
import type { GridRegistry } from "../../typechain-types/index.js";
import type { VersionRecords } from "../grid/version/types.js";
import { readVersionRecords } from "./gridVersions.js";
import { readVersionLabels, type VersionLabels } from "./versionLabels.js";

/** A grid version as the chain has it: what the contracts compute with, and what people call it. */
export interface ChainVersion {
  readonly version: number;
  readonly records: VersionRecords;
  /** Nothing proves them: hold them against the records with `compareVersion`. */
  readonly labels: VersionLabels;
}

/**
 * Reads a version: records from the chain's code, labels from the calldata that its events name.
 *
 * @throws ChainDataError if a part is not on the chain, or the labels are not what labels are.
 */
export async function readVersion(
  registry: GridRegistry,
  provider: Provider,
  version: bigint | number,
): Promise<ChainVersion> {
  const [records, labels] = await Promise.all([
    readVersionRecords(registry, provider, BigInt(version)),
    readVersionLabels(registry, provider, BigInt(version)),
  ]);
  return { version: Number(version), records, labels };
}
