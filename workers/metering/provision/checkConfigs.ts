import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { readConfig } from "../../program/readConfig.js";
import type { ConfigChoices, Configs, Program } from "./configsOf.js";
import { ProvisionError } from "./errors.js";
import type { MeteringFiles } from "./layout.js";

/**
 * Checks that configurations which are there say what is asked for of broker, certificate and database.
 *
 * @throws ProvisionError, ProgramConfigError
 */
export function checkConfigs(
  files: MeteringFiles,
  configs: Configs,
  { host, tls, database }: ConfigChoices,
): void {
  const asked: [Program, string][] = [];
  if (database !== undefined) asked.push(["mdms", "database"]);
  if (host !== undefined || tls !== undefined) {
    asked.push(["broker", "host"], ["broker", "tls"]);
    for (const program of ["concentrator", "mdms", "meters"] as const) asked.push([program, "broker"]);
  }
  const others = asked.filter(([program, field]) => {
    const path = files.config[program];
    if (!existsSync(path)) return false;
    const there = readConfig(path, z.record(z.unknown()))[field];
    return !isDeepStrictEqual(there, configs[program][field]);
  });
  if (others.length === 0) return;
  const said = others.map(([program, field]) => `${field} of ${files.config[program]}`);
  throw new ProvisionError(
    `${said.join(", ")}: not what is asked for; change it there, or delete the file to have it written anew`,
  );
}
