import { sendingTables } from "../../../store/sendingTables.js";

/**
 * The concentrator's tables, as the steps that lead to them: what waits or is under way, beside the transactions of its account.
 */
export const queueMigrations: readonly string[] = [
  `
  ${sendingTables}
  -- A report, or a request for registration or a session. key tells those of a meter apart: τ, or the session's number.
  CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('report', 'backfill', 'registration', 'session')),
    meter INTEGER NOT NULL,
    key INTEGER NOT NULL,
    payload BLOB NOT NULL,
    -- When it came, unix seconds.
    at INTEGER NOT NULL,
    -- The transaction that carries it, and whether its block's answer was given.
    send INTEGER,
    answered INTEGER NOT NULL DEFAULT 0,
    UNIQUE (meter, kind, key)
  ) STRICT;
  CREATE INDEX queue_waiting ON queue (kind, id) WHERE send IS NULL;
  CREATE INDEX queue_by_send ON queue (send);

  -- The block whose events were looked at, of each transaction that is not final.
  CREATE TABLE batches (send INTEGER PRIMARY KEY, seen TEXT) STRICT;
  `,
  `
  -- Whose queue this is: chain, contract and account.
  CREATE TABLE identity (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
