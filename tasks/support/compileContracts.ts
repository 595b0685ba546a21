import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

/** Compiles what has changed; where nothing is compiled yet, it says on standard error that this takes a while. */
export async function compileContracts(hre: HardhatRuntimeEnvironment): Promise<void> {
  if (!existsSync(join(hre.config.paths.artifacts, "contracts")))
    process.stderr.write("compiling the contracts (once; a minute or two)\n");
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
}
