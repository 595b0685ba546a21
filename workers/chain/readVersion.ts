import type { Provider } from "ethers";
import { z } from "zod";
import type { GridRegistry } from "../../typechain-types/index.js";
import type { VersionRecords } from "../grid/version/types.js";
import { ChainDataError } from "./errors.js";
import { readVersionRecords } from "./gridVersions.js";
import { readVersionLabels, type VersionLabels } from "./versionLabels.js";

/** A grid version as the chain has it: what the contracts compute with, and what people call it. */
export interface ChainVersion {
  readonly version: number;
  readonly records: VersionRecords;
  /** Nothing proves them: hold them against the records with `compareVersion`. */
  readonly labels: VersionLabels;
}

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
  const parsed = labelsSchema.safeParse(labels);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new ChainDataError(
      `the labels of version ${version} cannot be used: ${path.join(".")}: ${message}`,
    );
  }
  return { version: Number(version), records, labels: parsed.data };
}
