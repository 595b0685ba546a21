import type { SparseRows } from "../estimation/types.js";
import { IncentiveArgumentError } from "./errors.js";
import type { IncentiveModel } from "./types.js";

/** The rows and states of a model as a coalition sees them. All numbers ascend. */
export interface CoalitionRows {
  /** Seats. */
  readonly members: readonly number[];
  /** Rows of its own meters. */
  readonly own: readonly number[];
  /** All other rows, virtual ones included. */
  readonly others: readonly number[];
  /** The virtual rows among `others`. */
  readonly virtual: readonly number[];
  /** 1 at `others`. */
  readonly othersInUse: Uint8Array;
  /** Columns that only its own rows see, that only others see, and that both see. */
  readonly ownStates: readonly number[];
  readonly otherStates: readonly number[];
  readonly border: readonly number[];
}

/** @throws IncentiveArgumentError on a seat that there is not, twice or without number. */
export function coalitionRows(
  { model, ownerOfRow, operators }: IncentiveModel,
  members: readonly number[],
): CoalitionRows {
  const { h } = model;
  const member = new Uint8Array(operators.length);
  for (const seat of members) {
    if (!Number.isInteger(seat) || seat < 0 || seat >= operators.length)
      throw new IncentiveArgumentError(`seat ${seat}: there are ${operators.length} operators`);
    if (member[seat] === 1) throw new IncentiveArgumentError(`seat ${seat} is named twice`);
    member[seat] = 1;
  }
  const own: number[] = [];
  const others: number[] = [];
  const virtual: number[] = [];
  for (let i = 0; i < h.rows; i++) {
    const seat = ownerOfRow[i]!;
    if (seat >= 0 && member[seat] === 1) own.push(i);
    else others.push(i);
    if (seat < 0) virtual.push(i);
  }
  const bySelf = seenStates(h, own);
  const byOthers = seenStates(h, others);
  const states = Array.from({ length: h.columns }, (_, j) => j);
  const othersInUse = new Uint8Array(h.rows);
  for (const i of others) othersInUse[i] = 1;
  return {
    members: [...members].sort((a, b) => a - b),
    own,
    others,
    virtual,
    othersInUse,
    ownStates: states.filter((j) => bySelf[j] === 1 && byOthers[j] === 0),
    otherStates: states.filter((j) => bySelf[j] === 0 && byOthers[j] === 1),
    border: states.filter((j) => bySelf[j] === 1 && byOthers[j] === 1),
  };
}

function seenStates(h: SparseRows, rows: readonly number[]): Uint8Array {
  const seen = new Uint8Array(h.columns);
  for (const i of rows) for (let p = h.start[i]!; p < h.start[i + 1]!; p++) seen[h.column[p]!] = 1;
  return seen;
}
