import { gunzipSync, gzipSync } from "node:zlib";
import { type Provider, getBytes, keccak256 } from "ethers";
import { z } from "zod";
import type { GridRegistry } from "../../typechain-types/index.js";
import type { GridCase, Meter } from "../grid/types.js";
import { ChainDataError } from "./errors.js";

/** Most bytes that labels may have unpacked: far more than those of the largest version. */
const MAX_UNPACKED_BYTES = 2 ** 28;

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

/**
 * The labels of a version, from the calldata that its events name.
 * @throws ChainDataError if a part is missing, or the parts joined are not what the proposal committed to, or cannot be
 * unpacked.
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
    throw new ChainDataError(
      `the labels of version ${version} are not complete on the chain (${parts.size} parts found)`,
    );
  }
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
