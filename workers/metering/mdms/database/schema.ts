/**
 * The tables of the MDMS, for SQLite and PostgreSQL alike. Times are unix seconds, energies Wh, hashes hexadecimal text.
 * An interval is named by τ, its end.
 */
export const SCHEMA = `
-- Whose database this is: chain, contract, MDMS.
CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- The last block whose reports are stored. Two instances move it by turns: who finds it moved begins again.
CREATE TABLE IF NOT EXISTS progress (
  one INTEGER PRIMARY KEY CHECK (one = 1), block BIGINT NOT NULL, hash TEXT NOT NULL
);

-- Blocks read lately, to find where a chain turned to another branch.
CREATE TABLE IF NOT EXISTS blocks (number BIGINT PRIMARY KEY, hash TEXT NOT NULL);

-- Which meter measures which usage point, from when, and until when if it was exchanged. A meter, by its number on the
-- chain, measures one usage point in its life.
CREATE TABLE IF NOT EXISTS installations (
  meter BIGINT PRIMARY KEY,
  usage_point TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT
);
CREATE INDEX IF NOT EXISTS installations_of_point ON installations (usage_point, since);

-- The serial number of a meter, as the utility names it.
CREATE TABLE IF NOT EXISTS serials (meter BIGINT PRIMARY KEY, serial TEXT NOT NULL UNIQUE);

-- Up to when the intervals of a usage point were validated of the MDMS's own accord.
CREATE TABLE IF NOT EXISTS validated (usage_point TEXT PRIMARY KEY, until BIGINT NOT NULL);

-- Who lives at a usage point, from when, and until when.
CREATE TABLE IF NOT EXISTS occupancies (
  usage_point TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  customer TEXT NOT NULL,
  PRIMARY KEY (usage_point, since)
);

-- Each report that the chain accepted, once. payload is the report as it came, which only the
-- epoch's key opens; it goes once it was opened. epoch is modulo 256, as reports carry it.
CREATE TABLE IF NOT EXISTS reports (
  meter BIGINT NOT NULL,
  tau BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  block BIGINT NOT NULL,
  block_time BIGINT NOT NULL,
  transaction_hash TEXT NOT NULL,
  payload BLOB,
  state TEXT NOT NULL CHECK (state IN ('sealed', 'opened', 'unreadable', 'deleted')),
  -- Why it is unreadable.
  reason TEXT,
  PRIMARY KEY (meter, tau)
);
CREATE INDEX IF NOT EXISTS reports_by_state ON reports (state, block_time);
CREATE INDEX IF NOT EXISTS reports_by_block ON reports (block);

-- What a usage point used in each interval, as it stands now.
CREATE TABLE IF NOT EXISTS intervals (
  usage_point TEXT NOT NULL,
  tau BIGINT NOT NULL,
  energy_wh BIGINT NOT NULL,
  quality TEXT NOT NULL CHECK (quality IN ('measured', 'estimated')),
  -- Of a measured one: its meter, and the register's last digits (Wh modulo 65,536) at its end.
  meter BIGINT,
  register_wh BIGINT,
  -- Of an estimated one: how, and the method's mean error on held-out intervals of this usage point (Wh).
  method TEXT,
  error_wh DOUBLE PRECISION,
  PRIMARY KEY (usage_point, tau)
);

-- What stood there before.
CREATE TABLE IF NOT EXISTS replaced (
  usage_point TEXT NOT NULL,
  tau BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  energy_wh BIGINT NOT NULL,
  quality TEXT NOT NULL,
  meter BIGINT,
  register_wh BIGINT,
  method TEXT,
  error_wh DOUBLE PRECISION,
  reason TEXT NOT NULL,
  PRIMARY KEY (usage_point, tau, revision)
);

-- What validation found, as it stands now.
CREATE TABLE IF NOT EXISTS findings (
  usage_point TEXT NOT NULL,
  tau BIGINT NOT NULL,
  finding TEXT NOT NULL CHECK (finding IN ('register', 'spike', 'zeros', 'gap')),
  intervals BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (usage_point, tau, finding)
);

-- What was deleted, and why: no energy stands here.
CREATE TABLE IF NOT EXISTS deletions (
  at BIGINT NOT NULL,
  usage_point TEXT NOT NULL,
  before BIGINT NOT NULL,
  intervals BIGINT NOT NULL,
  reason TEXT NOT NULL
);
`;
