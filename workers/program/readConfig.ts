import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { isAddress } from "ethers";
import { z } from "zod";
import { fileFlaw } from "./fileFlaw.js";

/** A program's configuration that cannot be used; each field that is wrong is named. */
export class ProgramConfigError extends Error {
  override readonly name = "ProgramConfigError";
}

const address = z.string().refine((text) => isAddress(text), "not an address");

/** Path of a file; `pathFrom` makes a relative one absolute. */
const path = z.string().min(1);

/** The fields of a program that talks to a chain. */
export const chainFields = {
  /** JSON-RPC endpoint of a node, and others for when it does not answer. */
  rpcUrl: z.string().url(),
  rpcUrls: z.array(z.string().url()).default([]),
  chainId: z.number().int().positive(),
  /** Address of the contract `Metering`, and the first block that may hold its events. */
  metering: address,
  fromBlock: z.number().int().nonnegative().default(0),
  /** Encrypted keystore of the account that sends; without it the key comes from the environment. */
  keystore: path.optional(),
  /** File with its password, mode 0600. */
  passwordFile: path.optional(),
  /** When a block is final. */
  finality: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("instant") }).strict(),
      z.object({ kind: z.literal("client") }).strict(),
      z.object({ kind: z.literal("confirmed") }).strict(),
      z
        .object({ kind: z.literal("overlay"), overlay: address, workers: z.array(z.string().url()).min(1) })
        .strict(),
    ])
    .default({ kind: "confirmed" }),
  pollMilliseconds: z.number().int().positive().default(500),
} as const;

/** The fields of a program that talks to a broker. */
export const brokerFields = {
  broker: z
    .object({
      url: z.string().regex(/^mqtts?:\/\//u, "mqtt://… or mqtts://…"),
      /** File with the password, mode 0600. */
      passwordFile: path,
      /** Certificate of the broker's authority. */
      caFile: path.optional(),
    })
    .strict(),
} as const;

/** The fields of every program. */
export const programFields = {
  /** Where HTTP is served; left out, nowhere. */
  http: z
    .object({ host: z.string().min(1).default("127.0.0.1"), port: z.number().int().min(0).max(65_535) })
    .strict()
    .optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
} as const;

/**
 * Reads a configuration file: JSON.
 *
 * @throws ProgramConfigError
 */
export function readConfig<Schema extends z.ZodTypeAny>(file: string, schema: Schema): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ProgramConfigError(`${file}: ${fileFlaw(error)}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`,
    );
    throw new ProgramConfigError(`${file}: ${issues.join("; ")}`);
  }
  return parsed.data as z.infer<Schema>;
}

/** A path of a configuration, absolute. */
export function pathFrom(configFile: string, given: string): string {
  return isAbsolute(given) ? given : resolve(dirname(resolve(configFile)), given);
}
