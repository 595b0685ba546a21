import { z } from "zod";
import { brokerFields, chainFields, programFields, readConfig } from "../../program/readConfig.js";

const schema = z
  .object({
    ...chainFields,
    ...brokerFields,
    ...programFields,
    /** SQLite file, or `postgresql://…`. */
    database: z.string().min(1),
    /** The MDMS's keys, and the file with their password, mode 0600. */
    keys: z.string().min(1),
    keysPasswordFile: z.string().min(1),
    /** Blocks of events asked for at a time. */
    rangeBlocks: z.number().int().positive().default(500),
    /** After which a report of a final block is opened. */
    releaseSeconds: z.number().nonnegative().default(0),
    /** The least time between two lists of a meter's gaps. */
    gapsSeconds: z.number().nonnegative().default(20),
    /** How long an epoch key holds, how long before its end the next is opened, and how long it waits after its end. */
    epochSeconds: z.number().positive().default(86_400),
    overlapSeconds: z.number().positive().default(3_600),
    patienceSeconds: z.number().nonnegative().default(604_800),
    /** How long after midnight (UTC) a day is validated, and what is missing estimated. */
    validateSeconds: z.number().nonnegative().default(3_600),
    /** Usage older than this is deleted; left out, it is kept. */
    retentionSeconds: z.number().positive().optional(),
  })
  .strict();

/** What an MDMS is told, with its defaults filled in. */
export type MdmsConfig = z.infer<typeof schema>;

/** Reads it from a JSON file. @throws ProgramConfigError */
export function readMdmsConfig(file: string): MdmsConfig {
  return readConfig(file, schema);
}
