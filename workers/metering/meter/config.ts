import { isAddress } from "ethers";
import { z } from "zod";
import { programFields, readConfig } from "../../program/readConfig.js";

const schema = z
  .object({
    ...programFields,
    chainId: z.number().int().positive(),
    metering: z.string().refine((text) => isAddress(text), "not an address"),
    broker: z
      .object({
        url: z.string().regex(/^mqtts?:\/\//u, "mqtt://… or mqtts://…"),
        /** JSON of each meter's password by its number, mode 0600. */
        passwordsFile: z.string().min(1),
        caFile: z.string().min(1).optional(),
      })
      .strict(),
    /** SQLite file with what the meters keep, and the file with its password, mode 0600. */
    database: z.string().min(1),
    passwordFile: z.string().min(1),
    /** What they use: a folder of household files, given to the meters in turn, or drawn. */
    readings: z
      .discriminatedUnion("kind", [
        z.object({ kind: z.literal("files"), folder: z.string().min(1) }).strict(),
        z.object({ kind: z.literal("plausible") }).strict(),
      ])
      .default({ kind: "plausible" }),
    /** How long ago the meters' time begins, and how fast it goes until it is now. */
    pastSeconds: z.number().nonnegative().default(0),
    speed: z.number().positive().default(1),
    /** Clocks are off by up to so many seconds, and drift by up to so many parts in a million. */
    clockOffSeconds: z.number().nonnegative().default(0),
    clockDriftPpm: z.number().nonnegative().default(0),
    intervalSeconds: z.number().int().positive().default(1_800),
    sessionSeconds: z.number().int().positive().default(86_400),
    overlapSeconds: z.number().int().positive().default(3_600),
    retrySeconds: z.number().positive().default(30),
    finalSeconds: z.number().positive().default(300),
    window: z.number().int().positive().default(16),
    capacity: z.number().int().positive().default(4_000),
    turnMilliseconds: z.number().int().positive().default(500),
  })
  .strict();

/** What a simulator of meters is told, with its defaults filled in. */
export type FleetConfig = z.infer<typeof schema>;

/** Reads it from a JSON file. @throws ProgramConfigError */
export function readFleetConfig(file: string): FleetConfig {
  return readConfig(file, schema);
}
