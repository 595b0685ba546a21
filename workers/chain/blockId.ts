/** A block by its number and its hash: a number alone says nothing where chains turn to another branch. */
export interface BlockId {
  readonly number: number;
  /** 32 bytes, hexadecimal. */
  readonly hash: string;
}
