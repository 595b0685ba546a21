import type { Store } from "./openStore.js";

/** A row of a source file that was not taken, and why. */
export interface StoredProblem {
  readonly path: string;
  /** From 1, the header included. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** Unix seconds. */
  readonly at: number;
}

export function insertProblem(store: Store, problem: StoredProblem): void {
  store
    .prepare("INSERT INTO problems (path, line, code, message, at) VALUES (?, ?, ?, ?, ?)")
    .run(problem.path, problem.line, problem.code, problem.message, problem.at);
}

/** The latest problems, newest first. */
export function latestProblems(store: Store, limit: number): StoredProblem[] {
  return store
    .prepare("SELECT path, line, code, message, at FROM problems ORDER BY id DESC LIMIT ?")
    .all(limit)
    .map((row) => ({ ...row }) as unknown as StoredProblem);
}

/** How often each code occurred. */
export function countProblems(store: Store): Record<string, number> {
  const rows = store
    .prepare("SELECT code, count(*) AS n FROM problems GROUP BY code ORDER BY code")
    .all() as unknown as { code: string; n: number }[];
  return Object.fromEntries(rows.map((row) => [row.code, row.n]));
}
