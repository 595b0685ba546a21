import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isAddress } from "ethers";
import { z } from "zod";
import { ChainDataError } from "../../chain/errors.js";

/** Rules of a deployment of household metering, s; see `IMeteringRoles.Rules`. */
export interface MeteringRules {
  readonly intervalSeconds: number;
  readonly sessionSeconds: number;
  readonly overlapSeconds: number;
}

/**
 * Where household metering is: a JSON file `{network, chainId, fromBlock, contracts: {metering, consortium}, rules}`, readable
 * by all.
 */
export interface MeteringDeployment {
  /** Name of the network in `hardhat.config.ts`. */
  readonly network: string;
  readonly chainId: number;
  /** Number of the block before the contract. */
  readonly fromBlock: number;
  readonly contracts: { readonly metering: string; readonly consortium: string };
  readonly rules: MeteringRules;
}

const address = z.string().refine((text) => isAddress(text), "expected an address");
const seconds = z.number().int().nonnegative();

const schema = z
  .object({
    network: z.string(),
    chainId: z.number().int().positive(),
    fromBlock: z.number().int().nonnegative(),
    contracts: z.object({ metering: address, consortium: address }).strict(),
    rules: z.object({ intervalSeconds: seconds, sessionSeconds: seconds, overlapSeconds: seconds }).strict(),
  })
  .strict();

/** @throws ChainDataError if the file is missing or broken. */
export function readMeteringDeployment(path: string): MeteringDeployment {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ChainDataError(
      `${path}: no such file; is --network right? If so, run \`metering deploy\` first, or name the file`,
    );
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? error.issues.map(({ path: field, message }) => `${field.join(".")}: ${message}`).join("; ")
        : String(error);
    throw new ChainDataError(`${path}: not a deployment of metering: ${reason}`);
  }
}

/** Writes a deployment, whole or not at all. */
export function writeMeteringDeployment(path: string, deployment: MeteringDeployment): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(deployment, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}
