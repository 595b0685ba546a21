import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isAddress } from "ethers";
import { z } from "zod";
import type { Addresses } from "./connectContracts.js";
import { ChainDataError } from "./errors.js";

/**
 * Where the contracts of a deployment are: a JSON file
 * `{network, chainId, fromBlock, contracts: {consortium, registry, ledger, meterKeys, finality}}`, readable by all (it holds no secret).
 * `chainId`, `fromBlock` and `contracts` are the fields of a worker's configuration of the same names.
 */
export interface Deployment {
  /** Name of the network in `hardhat.config.ts`. */
  readonly network: string;
  readonly chainId: number;
  /** Number of the block before the first contract. */
  readonly fromBlock: number;
  readonly contracts: Addresses;
}

const address = z.string().refine((text) => isAddress(text), "expected an address");

const schema = z
  .object({
    network: z.string(),
    chainId: z.number().int().positive(),
    fromBlock: z.number().int().nonnegative(),
    contracts: z
      .object({
        consortium: address,
        registry: address,
        ledger: address,
        meterKeys: address.optional(),
        finality: address.optional(),
      })
      .strict(),
  })
  .strict();

/** @throws ChainDataError if the file is missing or broken. */
export function readDeployment(path: string): Deployment {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ChainDataError(`${path}: no such file; deploy first, or name the file with --deployment`);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? issues(error) : String(error);
    throw new ChainDataError(`${path}: not a deployment: ${reason}`);
  }
}

/** Writes a deployment, whole or not at all. */
export function writeDeployment(path: string, deployment: Deployment): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(deployment, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

function issues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}
