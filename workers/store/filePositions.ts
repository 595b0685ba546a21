import type { Store } from "./openStore.js";

/** How far a source file was read, and how to know it again. */
export interface FilePosition {
  readonly path: string;
  /** Device and inode, as text. */
  readonly inode: string;
  /** Size in bytes when it was last read. */
  readonly size: number;
  /** When it was last changed before it was read: nanoseconds, as text. */
  readonly modified: string;
  /** Bytes consumed: everything before is read for good. */
  readonly offset: number;
  /** Lines consumed. */
  readonly line: number;
  /** The first `headLength` consumed bytes, hashed. */
  readonly headLength: number;
  readonly headHash: string;
  /** What the format needs to go on in the middle of a file (the header of a CSV file). */
  readonly header: string | undefined;
}

interface Row {
  readonly path: string;
  readonly inode: string;
  readonly size: number;
  readonly modified: string;
  readonly offset: number;
  readonly line: number;
  readonly head_length: number;
  readonly head_hash: string;
  readonly header: string | null;
}

/** The position of a file by its path. */
export function filePosition(store: Store, path: string): FilePosition | undefined {
  return toPosition(store.prepare("SELECT * FROM files WHERE path = ?").get(path) as Row | undefined);
}

/** The positions of the files that had this inode when they were read: more than one when inodes were reused. */
export function filePositionsByInode(store: Store, inode: string): FilePosition[] {
  const rows = store.prepare("SELECT * FROM files WHERE inode = ?").all(inode) as unknown as Row[];
  return rows.map((row) => toPosition(row) as FilePosition);
}

export function saveFilePosition(store: Store, position: FilePosition): void {
  store
    .prepare(
      `INSERT OR REPLACE INTO files (path, inode, size, modified, offset, line, head_length, head_hash, header)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      position.path,
      position.inode,
      position.size,
      position.modified,
      position.offset,
      position.line,
      position.headLength,
      position.headHash,
      position.header ?? null,
    );
}

/** Forgets a path, when its file lives on under another. */
export function removeFilePosition(store: Store, path: string): void {
  store.prepare("DELETE FROM files WHERE path = ?").run(path);
}

function toPosition(row: Row | undefined): FilePosition | undefined {
  if (row === undefined) return undefined;
  return {
    path: row.path,
    inode: row.inode,
    size: row.size,
    modified: row.modified,
    offset: row.offset,
    line: row.line,
    headLength: row.head_length,
    headHash: row.head_hash,
    header: row.header ?? undefined,
  };
}
