import { z } from "zod";
import { programFields, readConfig } from "../../program/readConfig.js";

const schema = z
  .object({
    ...programFields,
    host: z.string().min(1).default("127.0.0.1"),
    port: z.number().int().min(0).max(65_535).default(1_883),
    /** The file of credentials. */
    credentials: z.string().min(1),
    /** Certificate and key, PEM files; needed beyond loopback. */
    tls: z
      .object({ certFile: z.string().min(1), keyFile: z.string().min(1) })
      .strict()
      .optional(),
    /** Longest packet that is taken, bytes. */
    mostBytes: z.number().int().min(200).default(4_096),
  })
  .strict();

/** What a broker is told, with its defaults filled in. */
export type BrokerConfig = z.infer<typeof schema>;

/** Reads it from a JSON file. @throws ProgramConfigError */
export function readBrokerConfig(file: string): BrokerConfig {
  return readConfig(file, schema);
}
