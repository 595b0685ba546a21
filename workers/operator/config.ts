import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { isAddress } from "ethers";
import { z } from "zod";
import { fileFlaw } from "../program/fileFlaw.js";
import { finalityConfig, type OverlayConfig } from "../finality/config.js";

const address = z.string().refine((text) => isAddress(text), "not an address");
const milliseconds = z.number().int().positive();

const schema = z
  .object({
    /** JSON-RPC endpoint of a node. */
    rpcUrl: z.string().url(),
    /** Endpoints of other nodes, used in this order while the first does not answer or is behind. */
    rpcUrls: z.array(z.string().url()).default([]),
    /** The chain that the key signs for; the endpoint must serve it. */
    chainId: z.number().int().positive(),
    contracts: z
      .object({
        consortium: address,
        registry: address,
        ledger: address,
        /** Where the keys of meters that sign their values are; left out, no row needs a signature. */
        meterKeys: address.optional(),
        /** Where seats register the keys that sign blocks; needed by the finality overlay. */
        finality: address.optional(),
      })
      .strict(),
    /** First block that may hold events of the contracts. */
    fromBlock: z.number().int().nonnegative().default(0),
    /** SQLite file of this operator. */
    database: z.string().min(1),
    /** File or folder that measurements are read from. Without it the worker only estimates and settles. */
    measurements: z.string().min(1).optional(),
    /** Encrypted keystore of the operator; without it the key comes from the environment. */
    keystore: z.string().min(1).optional(),
    /** File with its password, mode 0600. */
    passwordFile: z.string().min(1).optional(),
    /** Time between looks at the chain and the files. */
    pollMilliseconds: milliseconds.default(1_000),
    /** Longest pause while the node does not answer. */
    maxBackoffMilliseconds: milliseconds.default(30_000),
    /** A call that takes longer has failed. */
    requestTimeoutMilliseconds: milliseconds.default(20_000),
    /** An endpoint that lacks more blocks than this is not used while another has them. */
    maxLagBlocks: z.number().int().nonnegative().default(8),
    /** Blocks of events asked for at a time. */
    logRangeBlocks: z.number().int().positive().default(2_000),
    /** Rows for slots that start later than this from now are refused. */
    maxAheadSeconds: z.number().nonnegative().default(86_400),
    /**
     * A supplement is sent this long before the cut-off at the latest; half a slot if left out. Where slots have no
     * time after their end, the batch is too.
     */
    marginSeconds: z.number().nonnegative().optional(),
    /** Operators try to settle one after another, this far apart, each slot in another order. */
    settleStaggerSeconds: z.number().nonnegative().default(2),
    /** Wei per gas, on a chain where it is agreed (0 where gas is free); left out: what the node suggests. */
    gasPriceWei: z.number().int().nonnegative().optional(),
    /** The most that a transaction may offer, wei per gas, however long it is stuck. */
    maxGasPriceWei: z.number().int().positive().default(500_000_000_000),
    /** Blocks after which the first transaction in line is sent again with higher fees. */
    stuckBlocks: z.number().int().positive().default(6),
    /** Transactions that wait for a block at a time, at most. */
    maxInFlight: z.number().int().positive().default(64),
    /** Where /metrics and /health are served; left out: nowhere. Port 0: a free one, named in the log. */
    http: z
      .object({ host: z.string().min(1).default("127.0.0.1"), port: z.number().int().min(0).max(65_535) })
      .strict()
      .optional(),
    /** What is final; left out, what is confirmed. */
    finality: finalityConfig.optional(),
    /** When alerts are raised. */
    alerts: z
      .object({
        /** The operator's validator, expected to seal; left out: the one that the consortium has on record. */
        validator: address.optional(),
        /** The balance is low where it pays fewer transactions. */
        lowBalanceTransactions: z.number().int().nonnegative().default(100),
        /** Credits are low where they outlast fewer slots in which all own values are missing. */
        lowCreditSlots: z.number().int().nonnegative().default(10),
      })
      .strict()
      .default({}),
    /** Slots that the database keeps: an estimate takes about 28 bytes a meter and 8 a bus. */
    keepSlots: z.number().int().positive().default(10_000),
    logLevel: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .strict();

/** What a worker is told, with its defaults filled in and its paths absolute. */
export type WorkerConfig = z.infer<typeof schema>;

/** A configuration that cannot be used. */
export class WorkerConfigError extends Error {
  override readonly name = "WorkerConfigError";
}

/**
 * Reads a configuration: a JSON file. Relative paths in it are relative to its folder.
 *
 * @throws WorkerConfigError naming every field that is wrong.
 */
export function readWorkerConfig(path: string): WorkerConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new WorkerConfigError(`${path}: ${fileFlaw(error)}`);
  }
  return parseWorkerConfig(json, path, dirname(resolve(path)));
}

/** As `readWorkerConfig`, of what was read. */
export function parseWorkerConfig(json: unknown, label: string, folder: string): WorkerConfig {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`,
    );
    throw new WorkerConfigError(`${label}: ${issues.join("; ")}`);
  }
  const config = parsed.data;
  const { finality } = config;
  if (
    finality?.kind === "overlay" &&
    (config.contracts.finality === undefined || config.http === undefined)
  ) {
    throw new WorkerConfigError(
      `${label}: finality: the overlay needs contracts.finality, and http for its peers`,
    );
  }
  const absolute = (file: string): string => (isAbsolute(file) ? file : resolve(folder, file));
  return {
    ...config,
    database: absolute(config.database),
    ...(config.measurements === undefined ? {} : { measurements: absolute(config.measurements) }),
    ...(config.keystore === undefined ? {} : { keystore: absolute(config.keystore) }),
    ...(config.passwordFile === undefined ? {} : { passwordFile: absolute(config.passwordFile) }),
    ...(finality?.kind !== "overlay" ? {} : { finality: withPaths(finality, absolute) }),
  };
}

function withPaths(overlay: OverlayConfig, absolute: (file: string) => string): OverlayConfig {
  const { keystore, passwordFile } = overlay;
  return {
    ...overlay,
    ...(keystore === undefined ? {} : { keystore: absolute(keystore) }),
    ...(passwordFile === undefined ? {} : { passwordFile: absolute(passwordFile) }),
  };
}
