import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

/** A decrypted row of the MDMS, and when it was first seen. */
export interface StoredRow {
  readonly usagePoint: string;
  readonly tau: number;
  /** Milliseconds since 1970, up to a look late. */
  readonly seenAt: number;
}

const LOOK_MILLISECONDS = 100;

/** Watches the decrypted rows of an MDMS from beside it: rows come in the order in which they were put. */
export class StoredRows {
  readonly #database: DatabaseSync;
  readonly #stop = new AbortController();
  readonly #watch: Promise<void>;
  readonly rows: StoredRow[] = [];
  #last = 0;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    this.#watch = this.#look();
  }

  /** What stands in the database now, as `usage point τ`: Wh. */
  energies(): Map<string, number> {
    const rows = this.#database
      .prepare("SELECT usage_point, tau, energy_wh FROM intervals WHERE quality = 'measured'")
      .all();
    return new Map(
      rows.map((row) => [`${String(row["usage_point"])} ${String(row["tau"])}`, row["energy_wh"] as number]),
    );
  }

  /** How often an interval was put in the place of another, and how many reports could not be read. */
  faults(): { readonly replaced: number; readonly unreadable: number } {
    const count = (sql: string): number => (this.#database.prepare(sql).get() as { n: number }).n;
    return {
      replaced: count("SELECT count(*) AS n FROM replaced"),
      unreadable: count("SELECT count(*) AS n FROM reports WHERE state = 'unreadable'"),
    };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watch;
    this.#database.close();
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const found = this.#database
        .prepare("SELECT rowid, usage_point, tau FROM intervals WHERE rowid > ? ORDER BY rowid")
        .all(this.#last);
      const seenAt = Date.now();
      for (const row of found) {
        this.rows.push({ usagePoint: row["usage_point"] as string, tau: row["tau"] as number, seenAt });
        this.#last = row["rowid"] as number;
      }
      await pause(LOOK_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}
