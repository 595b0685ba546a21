import { existsSync } from "node:fs";
import type { Configs, Program } from "./configsOf.js";
import type { MeteringFiles } from "./layout.js";
import { writePrivate } from "./secretFiles.js";

/** Writes the configurationsthat are not there yet. @returns those written. */
export function writeConfigs(files: MeteringFiles, configs: Configs): string[] {
  return (Object.keys(configs) as Program[]).flatMap((program) => {
    const path = files.config[program];
    if (existsSync(path)) return [];
    writePrivate(path, `${JSON.stringify(configs[program], undefined, 2)}\n`);
    return [path];
  });
}
