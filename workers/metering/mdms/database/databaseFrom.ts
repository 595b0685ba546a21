import { pathFrom } from "../../../program/readConfig.js";
import { isPostgres } from "./isPostgres.js";

/** The database that a configuration names: `postgresql://…` as it is, a file of SQLite by its absolute path. */
export function databaseFrom(configFile: string, named: string): string {
  return isPostgres(named) ? named : pathFrom(configFile, named);
}
