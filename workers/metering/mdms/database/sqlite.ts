import { chmodSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { namingFile } from "../../../store/namingFile.js";
import type { Database, Session, Value } from "./types.js";

/** Milliseconds that a writer waits for another's transaction, and between its looks. */
const BUSY_MILLISECONDS = 20_000;
const LOOK_MILLISECONDS = 5;
const SQLITE_BUSY = 5;

/**
 * A database in one file of SQLite, mode 0600: it holds what households use. A commit is on disk when it returns.
 * Transactions of one process wait for each other here; those of another process in SQLite.
 */
export function openSqlite(path: string): Database {
  const database = namingFile(path, () => {
    const opened = new DatabaseSync(path);
    if (path !== ":memory:") chmodSync(path, 0o600);
    opened.exec(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}; PRAGMA journal_mode = WAL`);
    return opened;
  });
  database.exec("PRAGMA busy_timeout = 0; PRAGMA synchronous = FULL");
  const statements = new Map<string, Prepared>();
  const prepared = (sql: string): Prepared => {
    let found = statements.get(sql);
    if (found === undefined) {
      found = prepare(database, sql);
      statements.set(sql, found);
    }
    return found;
  };
  const session: Session = {
    all: async <Row>(sql: string, ...parameters: readonly Value[]) => {
      const { statement, order } = prepared(sql);
      return statement.all(...order.map((at) => parameters[at]!)) as Row[];
    },
    run: async (sql, ...parameters) => {
      const { statement, order } = prepared(sql);
      return Number(statement.run(...order.map((at) => parameters[at]!)).changes);
    },
  };
  let last: Promise<unknown> = Promise.resolve();
  const alone = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const transaction = <Result>(work: (inside: Session) => Promise<Result>): Promise<Result> =>
    alone(async () => {
      await begin(database);
      try {
        const result = await work(session);
        database.exec("COMMIT");
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    });
  return {
    kind: "sqlite",
    all: (sql, ...parameters) => alone(() => session.all(sql, ...parameters)),
    run: (sql, ...parameters) => transaction((inside) => inside.run(sql, ...parameters)),
    transaction,
    execute: (script) => transaction(async () => database.exec(script)),
    close: () => alone(async () => database.close()),
  };
}

/** Waits for another's transaction without holding up this process, which may be the other. */
async function begin(database: DatabaseSync): Promise<void> {
  const deadline = Date.now() + BUSY_MILLISECONDS;
  for (;;) {
    try {
      database.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      const busy = error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
      if (!busy || Date.now() > deadline) throw error;
      await sleep(LOOK_MILLISECONDS);
    }
  }
}

/** A statement, and which parameter stands at each of its places. */
interface Prepared {
  readonly statement: StatementSync;
  readonly order: readonly number[];
}

/** SQLite takes `$1` for a name: places are rewritten to `?`, in the order of the text. */
function prepare(database: DatabaseSync, sql: string): Prepared {
  const order: number[] = [];
  const text = sql.replaceAll(/\$(\d+)/gu, (_, number: string) => {
    order.push(Number(number) - 1);
    return "?";
  });
  return { statement: database.prepare(text), order };
}
