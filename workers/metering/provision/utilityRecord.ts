import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { ProvisionError } from "./errors.js";
import { writePrivate } from "./secretFiles.js";

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/u);
const schema = z
  .object({
    format: z.literal("gridproof-metering/1"),
    chainId: z.string(),
    metering: z.string(),
    mdms: z.object({ id: z.string(), salt: bytes32 }).strict(),
    meters: z.array(
      z
        .object({
          serial: z.string(),
          usagePoint: z.string(),
          customer: z.string(),
          salt: bytes32,
          hid: bytes32,
          meter: z.number().int().positive(),
          since: z.number().int().nonnegative(),
          /** Whether all of it was done: stored on the chain, known to broker and MDMS. */
          done: z.boolean(),
        })
        .strict(),
    ),
  })
  .strict();

/** What the utility keeps of its devices: the salts, without which a device cannot be told by its serial number. */
export type UtilityRecord = z.infer<typeof schema>;
export type RecordedMeter = UtilityRecord["meters"][number];

/** Reads the record of a folder; undefined if there is none. @throws ProvisionError */
export function readRecord(path: string): UtilityRecord | undefined {
  if (!existsSync(path)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new ProvisionError(`${path}: no record of a utility`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new ProvisionError(`${path}: no record of a utility`);
  return parsed.data;
}

/** Writes it, mode 0600. */
export function writeRecord(path: string, record: UtilityRecord): void {
  writePrivate(path, `${JSON.stringify(record, undefined, 1)}\n`);
}
