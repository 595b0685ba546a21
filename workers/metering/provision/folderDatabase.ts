import { existsSync } from "node:fs";
import { readMdmsConfig } from "../mdms/config.js";
import { databaseFrom } from "../mdms/database/databaseFrom.js";
import type { MeteringFiles } from "./layout.js";

/** The database of a metering folder's MDMS: the one that its configuration names; its own file if there is no configuration. */
export function folderDatabase({
  config,
  mdmsDatabase,
}: Pick<MeteringFiles, "config" | "mdmsDatabase">): string {
  if (!existsSync(config.mdms)) return mdmsDatabase;
  return databaseFrom(config.mdms, readMdmsConfig(config.mdms).database);
}
