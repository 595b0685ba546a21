import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from "node:fs";
import {
  filePosition,
  filePositionsByInode,
  removeFilePosition,
  saveFilePosition,
  type FilePosition,
} from "../../store/filePositions.js";
import { insertMeasurement, measurementOf } from "../../store/measurements.js";
import type { Store } from "../../store/openStore.js";
import { insertProblem } from "../../store/problems.js";
import { transaction } from "../../store/transaction.js";
import { parseCsvRow } from "./parseCsvRow.js";
import { parseJsonRow } from "./parseJsonRow.js";
import { parseRow } from "./parseRow.js";
import { type Outcome, type Problem, problem } from "../../measurement/problem.js";
import { readCsvHeader, type CsvLayout } from "./readCsvHeader.js";
import { CHUNK_BYTES, readNewLines } from "./readNewLines.js";
import type { IngestContext, RawRow } from "./types.js";

/** What reading a file brought. */
export interface IngestResult {
  /** Readings with a value that were kept. */
  readonly values: number;
  /** Readings flagged bad or missing. */
  readonly flagged: number;
  readonly problems: readonly ReportedProblem[];
}

/** A problem and where it is. */
export interface ReportedProblem extends Problem {
  readonly path: string;
  /** From 1, the header included. */
  readonly line: number;
}

const HEAD_BYTES = 4_096;
/** Kept in place of the header of a file whose header cannot be used. */
const UNUSABLE = "unusable";

/**
 * Takes what is new in a file (`.csv`: CSV; any other: JSON lines) into the store: readings, problems and how far the
 * file was read are kept together or not at all, chunk by chunk, so that after a crash nothing is read twice or lost.
 *
 * A file is known again, after a restart or renamed, by its first bytes; one that has shrunk or begins otherwise is
 * read as a new one.
 */
export function ingestFile(store: Store, path: string, context: IngestContext): IngestResult {
  const result = { values: 0, flagged: 0, problems: [] as ReportedProblem[] };
  const known = filePosition(store, path);
  if (known !== undefined && isSame(known, stampOf(statSync(path, { bigint: true })))) return result;
  const fd = openSync(path, "r");
  try {
    const stamp = stampOf(fstatSync(fd, { bigint: true }));
    let position = positionOf(store, fd, path, stamp, known);
    while (position.offset < stamp.size) {
      const next = transaction(store, () => takeChunk(store, fd, position, context, result));
      if (next === undefined) break;
      position = next;
    }
  } finally {
    closeSync(fd);
  }
  return result;
}

/** What changes when a file does. */
type Stamp = Pick<FilePosition, "inode" | "size" | "modified">;

function stampOf(stat: BigIntStats): Stamp {
  return { inode: `${stat.dev}:${stat.ino}`, size: Number(stat.size), modified: String(stat.mtimeNs) };
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.inode === b.inode && a.size === b.size && a.modified === b.modified;
}

/** Where to read on: the position under this path, or that of the same file under an older name, or the start. */
function positionOf(
  store: Store,
  fd: number,
  path: string,
  stamp: Stamp,
  known: FilePosition | undefined,
): FilePosition {
  if (known !== undefined && continues(fd, known, stamp.size)) return { ...known, ...stamp };
  for (const other of filePositionsByInode(store, stamp.inode)) {
    if (other.path === path || !continues(fd, other, stamp.size)) continue;
    const moved = { ...other, path, ...stamp };
    transaction(store, () => {
      removeFilePosition(store, other.path);
      saveFilePosition(store, moved);
    });
    return moved;
  }
  return { path, ...stamp, offset: 0, line: 0, headLength: 0, headHash: hashOf(""), header: undefined };
}

function continues(fd: number, position: FilePosition, size: number): boolean {
  return (
    position.offset > 0 && size >= position.offset && headHash(fd, position.headLength) === position.headHash
  );
}

function takeChunk(
  store: Store,
  fd: number,
  position: FilePosition,
  context: IngestContext,
  result: { values: number; flagged: number; problems: ReportedProblem[] },
): FilePosition | undefined {
  const { path } = position;
  const { lines, consumed } = readNewLines(fd, position.offset, CHUNK_BYTES);
  if (lines.length === 0) return undefined;

  const csv = path.toLowerCase().endsWith(".csv");
  let header = position.header;
  let layout = csv && header !== undefined ? layoutOf(header) : undefined;
  let line = position.line;
  const report = (found: Problem): void => {
    result.problems.push({ ...found, path, line });
    insertProblem(store, { ...found, path, line, at: Math.floor(context.now) });
  };
  for (const whole of lines) {
    line++;
    const text = line === 1 ? whole?.replace(/^\uFEFF/, "") : whole;
    if (text !== undefined && text.trim() === "") continue;
    if (text === undefined) {
      report({ code: "malformed", message: `line longer than ${CHUNK_BYTES} bytes` });
      continue;
    }
    if (csv && header === undefined) {
      const read = readCsvHeader(text);
      if ("problem" in read) report(read.problem);
      else layout = read.value;
      header = layout === undefined ? UNUSABLE : text;
      continue;
    }
    // The header's problem was reported once, for all of its rows.
    if (csv && layout === undefined) continue;
    const raw: Outcome<RawRow> = layout === undefined ? parseJsonRow(text) : parseCsvRow(text, layout);
    if ("problem" in raw) {
      report(raw.problem);
      continue;
    }
    const reading = parseRow(raw.value, context);
    if ("problem" in reading) {
      report(reading.problem);
      continue;
    }
    const kept = insertMeasurement(store, { ...reading.value, powerUnitKw: context.powerUnitKw, path, line });
    if (!kept) report(duplicateOf(store, reading.value.slot, reading.value.meter));
    else if (reading.value.counts === undefined) result.flagged++;
    else result.values++;
  }

  const offset = position.offset + consumed;
  const headLength = Math.min(offset, HEAD_BYTES);
  const next = { ...position, offset, line, headLength, headHash: headHash(fd, headLength), header };
  saveFilePosition(store, next);
  return next;
}

function duplicateOf(store: Store, slot: number, meter: string): Problem {
  const first = measurementOf(store, slot, meter);
  const where = first === undefined ? "" : ` (${first.path}:${first.line})`;
  return problem("duplicate", `meter: '${meter}' already has a value in slot ${slot}${where}`).problem;
}

function layoutOf(header: string): CsvLayout | undefined {
  const read = readCsvHeader(header);
  return "value" in read ? read.value : undefined;
}

function headHash(fd: number, length: number): string {
  const head = Buffer.alloc(length);
  readSync(fd, head, 0, length, 0);
  return hashOf(head);
}

function hashOf(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
