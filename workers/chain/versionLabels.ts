import { gunzipSync, gzipSync } from "node:zlib";
import { type Provider, concat, getBytes, keccak256 } from "ethers";
import { z } from "zod";
import type { GridRegistry } from "../../typechain-types/index.js";
import type { GridCase, Meter } from "../grid/types.js";
import { ChainDataError } from "./errors.js";
import { MAX_CALLDATA_BYTES } from "./limits.js";

/** Most bytes that labels may have unpacked: far more than those of the largest version. */
const MAX_UNPACKED_BYTES = 2 ** 28;

/** Most bytes of a part, with room for the hashes of all parts beside it. */
export const MAX_PART_BYTES = MAX_CALLDATA_BYTES - 4096;

const name = z.string().regex(/^\P{Cc}*$/u, "control characters");
const number = z.number().int().positive();
const quantity = z.number().finite();

/** Labels come from whoever published them. */
const labelsSchema = z.object({
  case: z.object({
    name,
    source: z.string(),
    licence: z.string(),
    baseMva: z.number().finite().positive(),
    buses: z.array(
      z.object({
        number,
        reference: z.boolean(),
        loadMw: quantity,
        shuntMw: quantity,
        generationMw: quantity,
        inService: z.boolean(),
      }),
    ),
    lines: z.array(
      z.object({
        number,
        from: number,
        to: number,
        reactance: quantity.refine((x) => x !== 0),
        tap: quantity.positive(),
        shiftDegrees: quantity,
        inService: z.boolean(),
      }),
    ),
  }),
  meters: z.array(
    z.object({
      id: name.min(1),
      kind: z.enum(["injection", "flowFrom", "flowTo", "pmu"]),
      place: number,
      sigma: z.number().finite().positive(),
      owner: name,
    }),
  ),
});

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

/** Labels as the transactions carry them. */
export function labelParts(labels: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < labels.length; at += MAX_PART_BYTES)
    parts.push(labels.subarray(at, at + MAX_PART_BYTES));
  return parts;
}

/** What a proposal commits to: the hash of the hashes of the parts. */
export function labelsHash(labels: Uint8Array): string {
  return keccak256(concat(labelParts(labels).map((part) => keccak256(part))));
}

/**
 * The labels of a version, from the calldata that its events name.
 * @throws ChainDataError if a part is missing, or they cannot be unpacked.
 */
export async function readVersionLabels(
  registry: GridRegistry,
  provider: Provider,
  version: bigint,
): Promise<VersionLabels> {
  const events = await registry.queryFilter(registry.filters.LabelsPublished(version));
  const parts = new Map<number, Uint8Array>();
  // The registry lets through what the proposal committed to, and nothing else.
  for (const event of events) {
    const transaction = await provider.getTransaction(event.transactionHash);
    const call = transaction === null ? null : registry.interface.parseTransaction(transaction);
    if (call?.name !== "publishLabels") continue;
    parts.set(Number(event.args.part), getBytes(call.args.getValue("data") as string));
  }
  const partCount = events.length === 0 ? undefined : Number(events[0]!.args.partCount);
  if (parts.size !== partCount) {
    throw new ChainDataError(
      `the labels of version ${version} are not complete on the chain (${parts.size} parts found)`,
    );
  }
  const bytes = Buffer.concat([...parts].sort(([i], [j]) => i - j).map(([, part]) => part));
  let json: unknown;
  try {
    json = JSON.parse(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString("utf8"));
  } catch (error) {
    throw new ChainDataError(`the labels of version ${version} cannot be unpacked: ${String(error)}`);
  }
  const parsed = labelsSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new ChainDataError(
      `the labels of version ${version} cannot be used: ${path.join(".")}: ${message}`,
    );
  }
  return parsed.data;
}
