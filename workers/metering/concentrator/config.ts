import { z } from "zod";
import { brokerFields, chainFields, programFields, readConfig } from "../../program/readConfig.js";

const schema = z
  .object({
    ...chainFields,
    ...brokerFields,
    ...programFields,
    /** SQLite file with the queue and the transactions under way. */
    database: z.string().min(1),
    /** Reports in a transaction at most, and the age at which they go even if they are fewer. */
    batchReports: z.number().int().min(1).max(700).default(50),
    batchSeconds: z.number().nonnegative().default(2),
    /** Gas of a transaction at most. */
    batchGas: z.number().int().min(500_000).default(12_000_000),
    /** Items in the queue at which meters are asked to wait. */
    mostQueued: z.number().int().positive().default(20_000),
    /** Most transactions that wait for a block at a time. */
    maxInFlight: z.number().int().positive().default(64),
  })
  .strict();

/** What a concentrator is told, with its defaults filled in. */
export type ConcentratorConfig = z.infer<typeof schema>;

/** Reads it from a JSON file. @throws ProgramConfigError */
export function readConcentratorConfig(file: string): ConcentratorConfig {
  return readConfig(file, schema);
}
