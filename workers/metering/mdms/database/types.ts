/** What a column holds. Bytes are `Uint8Array`; whole numbers stay below 2^53. */
export type Value = string | number | Uint8Array | null;

/** Reads and writes. Parameters stand in the text as `$1`, `$2`, … in any order. */
export interface Session {
  /** The rows that a statement gives, by column name. */
  all<Row>(sql: string, ...parameters: readonly Value[]): Promise<Row[]>;
  /** @returns how many rows the statement wrote or deleted. */
  run(sql: string, ...parameters: readonly Value[]): Promise<number>;
}

/** An open database of the MDMS: SQLite inside the process, or PostgreSQL. One text of SQL serves both. */
export interface Database extends Session {
  readonly kind: "sqlite" | "postgres";
  /**
   * Runs `work` in one transaction: all of its writes are kept, on disk when this returns, or, if it throws, none.
   * `work` uses the session that it is given and nothing else of the database.
   */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  /** Creates what is missing of the schema. */
  execute(script: string): Promise<void>;
  close(): Promise<void>;
}
