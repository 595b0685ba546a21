import { type Provider, getBytes, keccak256 } from "ethers";
import type { GridRegistry } from "../../typechain-types/index.js";
import { packRecords } from "../grid/version/packRecords.js";
import type { VersionRecords } from "../grid/version/types.js";
import { unpackRecords } from "../grid/version/unpackRecords.js";
import { ChainDataError } from "./errors.js";
import { MAX_TRANSACTION_GAS } from "./limits.js";
import { proveFactor } from "./proveFactor.js";
import { labelParts, labelsHash } from "./versionLabels.js";
import { versionStatus } from "./versionStatus.js";

/** Told after each transaction of a long job: what it did, and how far the job is. */
export type Progress = (done: number, of: number, gasUsed: bigint) => void;

const none: Progress = () => undefined;

/** Proposes a version; the registry's runner is the member that does. Returns the version's number. */
export async function proposeVersion(
  registry: GridRegistry,
  records: VersionRecords,
  labels: Uint8Array,
): Promise<{ version: bigint; gasUsed: bigint }> {
  const hashes = packRecords(records).map((chunk) => keccak256(chunk));
  const sent = await registry.propose(
    records.geometry,
    [...records.metersBySeat],
    hashes,
    labelsHash(labels),
  );
  const receipt = await sent.wait();
  const event = receipt?.logs
    .map((log) => registry.interface.parseLog(log))
    .find((log) => log?.name === "VersionProposed");
  if (receipt == null || event == null)
    throw new ChainDataError(`proposal ${sent.hash} emitted no VersionProposed`);
  return { version: event.args.getValue("version") as bigint, gasUsed: receipt.gasUsed };
}

/**
 * Stores the chunks and labels that are not on the chain yet: what is there already is left alone, so that it can be called
 * again after any interruption.
 */
export async function uploadVersion(
  registry: GridRegistry,
  version: bigint,
  records: VersionRecords,
  labels: Uint8Array,
  progress: Progress = none,
): Promise<void> {
  const chunks = packRecords(records);
  const parts = labelParts(labels);
  const partHashes = parts.map((part) => keccak256(part));
  const [, stored] = await registry.records(version);
  const published = new Set(
    (await registry.queryFilter(registry.filters.LabelsPublished(version))).map((event) =>
      Number(event.args.part),
    ),
  );
  const total = chunks.length + parts.length;
  let done = 0;
  for (const [i, chunk] of chunks.entries()) {
    done++;
    if (BigInt(stored[i]!) !== 0n) continue;
    const receipt = await (await registry.storeChunk(version, i, chunk)).wait();
    progress(done, total, receipt!.gasUsed);
  }
  for (const [i, part] of parts.entries()) {
    done++;
    if (published.has(i)) continue;
    const receipt = await (await registry.publishLabels(version, i, partHashes, part)).wait();
    progress(done, total, receipt!.gasUsed);
  }
}

/**
 * Proves what is not proved yet, in as few transactions as the gas limit of one allows: first the factor of a factored
 * version, then its records. Can be called again.
 *
 * @param factorProgress Told of the factor's transactions.
 */
export async function proveVersion(
  registry: GridRegistry,
  version: bigint,
  progress: Progress = none,
  factorProgress: Progress = progress,
): Promise<void> {
  const { partsProved, partCount, geometry, status } = await registry.summary(version);
  if (geometry.factored && versionStatus(status) === "proposed") {
    const records = await readVersionRecords(registry, registry.runner!.provider!, version);
    await proveFactor(registry, version, records, factorProgress);
  }
  const last = Number(partCount) - 1;
  for (let first = Number(partsProved); first <= last;) {
    const to = await furthest(registry, version, first, last);
    const receipt = await (await registry.prove(version, first, to)).wait();
    first = to + 1;
    progress(first, last + 1, receipt!.gasUsed);
  }
}

/** The last part that one transaction can reach: all that is left, or half as much until it fits. */
async function furthest(
  registry: GridRegistry,
  version: bigint,
  first: number,
  last: number,
): Promise<number> {
  for (let to = last; to > first; to = first + Math.floor((to - first) / 2)) {
    if ((await registry.prove.estimateGas(version, first, to)) <= MAX_TRANSACTION_GAS) return to;
  }
  return first;
}

/** The records of a version, read from the chain's code. */
export async function readVersionRecords(
  registry: GridRegistry,
  provider: Provider,
  version: bigint,
): Promise<VersionRecords> {
  const { geometry, meters } = await registry.summary(version);
  const [, accounts] = await registry.records(version);
  const chunks = await Promise.all(
    accounts.map(async (account, i) => {
      if (BigInt(account) === 0n) {
        throw new ChainDataError(`chunk ${i} of version ${version} is not stored yet`);
      }
      return getBytes(await provider.getCode(account)).subarray(1);
    }),
  );
  return unpackRecords(
    {
      roots: Number(geometry.roots),
      anchors: Number(geometry.anchors),
      buses: Number(geometry.buses),
      chords: Number(geometry.chords),
      probes: Number(geometry.probes),
      meters: Number(geometry.meters),
      virtualRows: Number(geometry.virtualRows),
      weightDigits: Number(geometry.weightDigits),
      angleDigits: Number(geometry.angleDigits),
      powerUnitKw: Number(geometry.powerUnitKw),
      factored: geometry.factored,
    },
    meters.map(Number),
    chunks,
  );
}
