import { type ClientBase, Pool, types as pgTypes, TypeOverrides } from "pg";
import type { Database, Session, Value } from "./types.js";

/** Whole numbers of 64 bits come as numbers: none here reaches 2^53. */
const types = new TypeOverrides();
types.setTypeParser(pgTypes.builtins.INT8, Number);
types.setTypeParser(pgTypes.builtins.NUMERIC, Number);

/** A database of PostgreSQL, by its connection string. */
export function openPostgres(url: string): Database {
  const pool = new Pool({ connectionString: url, types, max: 4 });
  // An idle connection that the server drops is opened anew at the next use.
  pool.on("error", () => undefined);
  return {
    kind: "postgres",
    ...over(pool),
    transaction: async (work) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("BEGIN");
        const result = await work(over(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch((failure: Error) => (broken = failure));
        throw error;
      } finally {
        client.release(broken);
      }
    },
    execute: async (script) => {
      await pool.query(script.replaceAll("BLOB", "BYTEA"));
    },
    close: () => pool.end(),
  };
}

function over(client: Pick<ClientBase, "query">): Session {
  return {
    all: async <Row>(sql: string, ...parameters: readonly Value[]) =>
      (await client.query(sql, [...parameters])).rows as Row[],
    run: async (sql, ...parameters) => (await client.query(sql, [...parameters])).rowCount ?? 0,
  };
}
