import { keccak256 } from "ethers";
import type { GridRegistry } from "../../typechain-types/index.js";
import { FactorProof__factory } from "../../typechain-types/index.js";
import { factorVersion } from "../factor/factorVersion.js";
import { packFactor } from "../factor/packFactor.js";
import type { PackedFactor } from "../factor/types.js";
import type { VersionRecords } from "../grid/version/types.js";
import type { Progress } from "./gridVersions.js";

/** What `FactorProof` calls a claim. */
export interface FactorClaim {
  readonly scaleDigits: number;
  readonly shift: bigint;
  readonly partHashes: string[];
}

/** The claim that a factor makes. */
export function claimOf({ scaleDigits, shift, parts }: PackedFactor): FactorClaim {
  return { scaleDigits, shift, partHashes: parts.map((part) => keccak256(part)) };
}

/**
 * Proves a factored version to be observable: opens a claim and brings its parts. The factor is the same whenever it is
 * computed, so that it can be called again after any interruption and goes on where it stopped.
 *
 * @param records As the chain has them; all chunks are stored.
 * @throws FactorError if there is no factor that the chain could check.
 */
export async function proveFactor(
  registry: GridRegistry,
  version: bigint,
  records: VersionRecords,
  progress: Progress,
): Promise<void> {
  const proof = FactorProof__factory.connect(await registry.factorProof(), registry.runner);
  if ((await proof.eigenBound(version)) !== 0n) return;
  const factor = packFactor(factorVersion(records));
  const claim = claimOf(factor);
  const steps = factor.parts.length + 1;
  const [opened, nextPart] = await proof.progressOf(await proof.keyOf(version, claim));
  if (!opened) {
    const receipt = await (await proof.open(version, claim)).wait();
    progress(1, steps, receipt!.gasUsed);
  }
  for (let part = Number(nextPart); part < factor.parts.length; part++) {
    const receipt = await (await proof.check(version, claim, part, factor.parts[part]!)).wait();
    progress(part + 2, steps, receipt!.gasUsed);
  }
}
