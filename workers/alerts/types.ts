import type { AlertName } from "./alertNames.js";

/** Something that is wrong, as one look finds it. */
export interface Finding {
  readonly name: AlertName;
  /** What it is about, where the same may be wrong with several things (a validator's name). */
  readonly subject?: string;
  /** One line for a person, with the values. */
  readonly message: string;
  /** The values behind it; names carry their units. */
  readonly values?: Readonly<Record<string, number | string>>;
}

/** A finding that stands. */
export interface Alert extends Finding {
  /** Unix seconds at which it was first found. */
  readonly since: number;
}
