/**
 * The tables of a sender's journal: a step of the schema of every program that sends. Released, so never edited; a change
 * is a step after it.
 */
export const sendingTables = `
  -- Transactions of one account, each with the nonce that it holds. data is empty once it is signed.
  CREATE TABLE sends (
    id INTEGER PRIMARY KEY,
    purpose TEXT NOT NULL,
    recipient TEXT NOT NULL,
    data BLOB NOT NULL,
    gas INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'journaled', 'broadcast', 'included', 'reverted', 'confirmed',
      'final', 'superseded', 'failed')),
    -- Of the one in a block, else of the one that was signed last.
    hash TEXT,
    block INTEGER,
    block_hash TEXT,
    reason TEXT,
    at INTEGER NOT NULL,
    filler INTEGER NOT NULL DEFAULT 0,
    abandoned INTEGER NOT NULL DEFAULT 0,
    CHECK ((block IS NULL) = (block_hash IS NULL))
  ) STRICT;
  -- At most one attempt lives for a purpose, and at most one holds a nonce.
  CREATE UNIQUE INDEX sends_alive ON sends (purpose) WHERE state NOT IN ('superseded', 'failed');
  CREATE UNIQUE INDEX sends_holding ON sends (nonce) WHERE state NOT IN ('superseded', 'failed');
  CREATE INDEX sends_by_nonce ON sends (nonce);
  CREATE INDEX sends_by_state ON sends (state);
  CREATE INDEX sends_by_block ON sends (block);

  -- Every form in which a transaction was signed: with other fees, or as a filler of its nonce.
  CREATE TABLE signed (
    hash TEXT NOT NULL UNIQUE,
    send INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    head INTEGER NOT NULL,
    filler INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX signed_by_send ON signed (send);
  CREATE INDEX signed_bytes ON signed (send) WHERE raw != '';
`;
