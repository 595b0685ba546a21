import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SolidityHooks } from "hardhat/types/hooks";
import { orderLines } from "./orderLines.js";

const FILES = ["index.ts", "hardhat.d.ts"];

/** Handles builds: once the types are generated, their lists are put in order. */
export default async (): Promise<Partial<SolidityHooks>> => ({
  build: async (context, paths, options, next) => {
    const built = await next(context, paths, options);
    const { paths: folders, typechain } = context.config;
    for (const file of FILES) {
      const path = join(folders.root, typechain.outDir ?? "types", file);
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) continue;
      const ordered = orderLines(text);
      if (ordered !== text) await writeFile(path, ordered);
    }
    return built;
  },
});
