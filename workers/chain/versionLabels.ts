import { gunzipSync, gzipSync } from "node:zlib";
import { type Provider, getBytes, keccak256 } from "ethers";
import type { GridRegistry } from "../../typechain-types/index.js";
import type { GridCase, Meter } from "../grid/types.js";

/** What the records leave out: the case that they were made from, and the names of the meters. */
export interface VersionLabels {
  readonly case: GridCase;
  /** By meter, in the order of the batches. */
  readonly meters: readonly Meter[];
}

/** Labels as bytes, for the calldata of `publishLabels`. */
export function packLabels(labels: VersionLabels): Uint8Array {
  return gzipSync(JSON.stringify(labels), { level: 9 });
}

/**
 * The labels of a version, from the calldata that its events name.
 * @throws Error if a part is missing, or the parts joined are not what the proposal committed to.
 */
export async function readVersionLabels(
  registry: GridRegistry,
  provider: Provider,
  version: bigint,
): Promise<VersionLabels> {
  const { labelsHash } = await registry.summary(version);
  const events = await registry.queryFilter(registry.filters.LabelsPublished(version));
  const parts = new Map<number, Uint8Array>();
  for (const event of events) {
    const transaction = await provider.getTransaction(event.transactionHash);
    const call = transaction === null ? null : registry.interface.parseTransaction(transaction);
    if (call?.name !== "publishLabels") continue;
    const data = getBytes(call.args.getValue("data") as string);
    // Anyone may publish anything; only parts of the right division can be the right ones, the newest first.
    if (keccak256(data) === event.args.hash) parts.set(Number(event.args.part), data);
  }
  const bytes = Buffer.concat([...parts].sort(([i], [j]) => i - j).map(([, part]) => part));
  if (keccak256(bytes) !== labelsHash) {
    throw new Error(
      `the labels of version ${version} are not complete on the chain (${parts.size} parts found)`,
    );
  }
  return JSON.parse(gunzipSync(bytes).toString("utf8")) as VersionLabels;
}
