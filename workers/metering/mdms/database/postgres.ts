import { type ClientBase, DatabaseError, Pool, types as pgTypes, TypeOverrides } from "pg";
import { DatabaseLostError } from "./errors.js";
import type { Database, Session, Value } from "./types.js";

/** Whole numbers of 64 bits come as numbers: none here reaches 2^53. */
const types = new TypeOverrides();
types.setTypeParser(pgTypes.builtins.INT8, Number);
types.setTypeParser(pgTypes.builtins.NUMERIC, Number);

/** Milliseconds after which a server that does not answer is given up: it may have gone without a word. */
const CONNECT_MILLISECONDS = 20_000;
const ANSWER_MILLISECONDS = 120_000;

/** A database of PostgreSQL, by its connection string. */
export function openPostgres(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    types,
    max: 4,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: ANSWER_MILLISECONDS,
  });
  // A connection that the server drops, idle or in use, is opened anew at the next use: what is asked over it fails by itself.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return {
    kind: "postgres",
    ...over(pool),
    transaction: async (work) => {
      const client = await pool.connect().catch(refuse);
      let broken: Error | undefined;
      try {
        await client.query("BEGIN").catch(refuse);
        const result = await work(over(client));
        await client.query("COMMIT").catch(refuse);
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
      (await client.query(sql, [...parameters]).catch(refuse)).rows as Row[],
    run: async (sql, ...parameters) => (await client.query(sql, [...parameters]).catch(refuse)).rowCount ?? 0,
  };
}

/** @throws what the server said; DatabaseLostError if it said nothing. */
function refuse(error: unknown): never {
  throw error instanceof DatabaseError ? error : new DatabaseLostError(error);
}
