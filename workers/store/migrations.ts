import { sendingTables } from "./sendingTables.js";

/**
 * The schema, as the steps that lead to it: step k takes a database from `user_version` k to k + 1. A step that was
 * released is never edited; a change is a new step at the end.
 *
 * Counts are integers in the unit of the meter: counts of the version's power unit, or 2⁻²⁰ rad for a PMU.
 * Times are unix seconds, hashes and addresses hexadecimal text.
 */
export const migrations: readonly string[] = [
  `
  -- Whose database this is: chain, ledger and operator.
  CREATE TABLE identity (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Own readings. counts is NULL for a reading that the source itself calls bad or missing.
  CREATE TABLE measurements (
    slot INTEGER NOT NULL,
    meter TEXT NOT NULL,
    counts INTEGER,
    -- kW per count of power when the row was read, for a slot whose version counts in another unit.
    power_unit_kw REAL NOT NULL,
    quality TEXT NOT NULL CHECK (quality IN ('good', 'suspect', 'bad', 'missing')),
    path TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (slot, meter),
    CHECK ((counts IS NULL) = (quality IN ('bad', 'missing')))
  ) STRICT, WITHOUT ROWID;

  -- How far each source file was read. The head (its first bytes, hashed) tells an appended file from a new one.
  CREATE TABLE files (
    path TEXT PRIMARY KEY,
    inode TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified TEXT NOT NULL,
    offset INTEGER NOT NULL,
    line INTEGER NOT NULL,
    head_length INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    header TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX files_by_inode ON files (inode);

  CREATE TABLE problems (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    line INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;

  -- The journal of transactions: written before they are broadcast.
  CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('upload', 'supplement', 'settle')),
    payload BLOB NOT NULL,
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('journaled', 'broadcast', 'included', 'final', 'superseded', 'failed')),
    block INTEGER,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  -- At most one attempt lives for a slot and kind.
  CREATE UNIQUE INDEX submissions_alive ON submissions (slot, kind) WHERE state NOT IN ('superseded', 'failed');
  CREATE INDEX submissions_by_state ON submissions (state);

  -- What the ledger's events say of each slot, up to the cursor. Seen is the block of its first event.
  CREATE TABLE slots (
    slot INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    seen_block INTEGER NOT NULL,
    uploads INTEGER NOT NULL DEFAULT 0,
    -- How many uploads the estimate used.
    uploads_estimated INTEGER NOT NULL DEFAULT 0,
    -- What the contract computed when it settled the slot.
    settled_objective REAL,
    settled_threshold REAL,
    closed_missing INTEGER,
    closed TEXT CHECK (closed IN ('settled', 'incomplete')),
    closed_block INTEGER,
    closed_tx TEXT,
    closed_count INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX slots_to_estimate ON slots (slot) WHERE uploads_estimated < uploads;
  CREATE TABLE uploads (
    slot INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('upload', 'supplement')),
    tx TEXT NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (slot, seat, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    block INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;

  -- One estimate a slot; columns of meters and buses are packed, one array a column.
  CREATE TABLE estimates (
    slot INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- Both NULL if what was reported does not determine the state.
    objective REAL,
    threshold REAL,
    missing INTEGER NOT NULL,
    measured BLOB NOT NULL,
    estimated BLOB NOT NULL,
    normalised BLOB NOT NULL,
    filled BLOB NOT NULL,
    angles BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Claims for suspects, and their conclusion, are submissions too. SQLite changes a CHECK only with the table.
  ALTER TABLE submissions RENAME TO submissions_before;
  CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('upload', 'supplement', 'settle', 'suspect', 'conclude')),
    payload BLOB NOT NULL,
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('journaled', 'broadcast', 'included', 'final', 'superseded', 'failed')),
    block INTEGER,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO submissions (id, slot, kind, payload, nonce, raw, hash, state, block, reason, at)
    SELECT id, slot, kind, payload, nonce, raw, hash, state, block, reason, at FROM submissions_before;
  DROP TABLE submissions_before;
  CREATE UNIQUE INDEX submissions_alive ON submissions (slot, kind) WHERE state NOT IN ('superseded', 'failed');
  CREATE INDEX submissions_by_state ON submissions (state);
  `,
  `
  -- A batch may be committed to before it is shown: the payload of a commitment is its salt, then the batch.
  ALTER TABLE submissions RENAME TO submissions_before;
  CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('commit', 'upload', 'supplement', 'settle', 'suspect', 'conclude')),
    payload BLOB NOT NULL,
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('journaled', 'broadcast', 'included', 'final', 'superseded', 'failed')),
    block INTEGER,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO submissions (id, slot, kind, payload, nonce, raw, hash, state, block, reason, at)
    SELECT id, slot, kind, payload, nonce, raw, hash, state, block, reason, at FROM submissions_before;
  DROP TABLE submissions_before;
  CREATE UNIQUE INDEX submissions_alive ON submissions (slot, kind) WHERE state NOT IN ('superseded', 'failed');
  CREATE INDEX submissions_by_state ON submissions (state);

  -- How slots lie in time, from one on, as the readings were taken in.
  CREATE TABLE schedules (
    first_slot INTEGER PRIMARY KEY,
    start INTEGER NOT NULL,
    slot_seconds INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- The finality overlay. Whose journal of signatures this is, and the height above which it signs.
  CREATE TABLE finality_journal (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    overlay TEXT NOT NULL,
    seat INTEGER NOT NULL,
    start INTEGER NOT NULL
  ) STRICT;
  -- What this worker signed, or is about to: one block of a height and epoch, by the key.
  CREATE TABLE finality_signed (
    epoch INTEGER NOT NULL,
    height INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (epoch, height)
  ) STRICT, WITHOUT ROWID;
  -- The highest final block, with its signatures.
  CREATE TABLE finality_final (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    height INTEGER NOT NULL,
    hash TEXT NOT NULL,
    attestations TEXT NOT NULL
  ) STRICT;
  -- What other seats signed against their own word.
  CREATE TABLE finality_evidence (
    seat INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    height INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (seat, epoch, height)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The alerts that stand, as JSON: for a look from beside the worker, and so that its next life raises none twice.
  CREATE TABLE standing_alerts (
    id INTEGER PRIMARY KEY,
    alert TEXT NOT NULL
  ) STRICT;

  -- Of a database that was restored from a backup and has not caught up with the chain yet.
  CREATE TABLE restored (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at INTEGER NOT NULL,
    -- The latest block when its worker first looked at the chain.
    block INTEGER
  ) STRICT;
  `,
  `
  ${sendingTables}
  -- Of a submission only what the operator keeps beside its transaction. What was included is looked up again: its block
  -- had no hash.
  INSERT INTO sends (id, purpose, recipient, data, gas, nonce, state, hash, reason, at)
    SELECT id, kind || ' ' || slot, '', x'', 0, nonce, CASE state WHEN 'included' THEN 'broadcast' ELSE state END,
      hash, reason, at FROM submissions;
  INSERT INTO signed (hash, send, nonce, raw, head, filler) SELECT hash, id, nonce, raw, 0, 0 FROM submissions;
  ALTER TABLE submissions RENAME TO submissions_before;
  CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('commit', 'upload', 'supplement', 'settle', 'suspect', 'conclude')),
    payload BLOB NOT NULL
  ) STRICT;
  INSERT INTO submissions (id, slot, kind, payload) SELECT id, slot, kind, payload FROM submissions_before;
  DROP TABLE submissions_before;
  CREATE INDEX submissions_by_slot ON submissions (slot, kind);

  -- Where the cursor was, to find the block at which the chain turned to another branch.
  CREATE TABLE trail (
    block INTEGER PRIMARY KEY,
    hash TEXT NOT NULL
  ) STRICT;
  INSERT INTO trail (block, hash) SELECT block, hash FROM cursor;
  `,
];
