/** A file about the grid cannot be used: a case, a metering plan. The message is one line: `FILE:LINE: what`. */
export class GridFileError extends Error {
  override readonly name = "GridFileError";

  /**
   * @param file Path as the user gave it.
   * @param line Line of the offending row, from 1; undefined where no line is to blame (the file is missing).
   * @param problem What was expected, and what was found.
   */
  constructor(
    readonly file: string,
    readonly line: number | undefined,
    readonly problem: string,
  ) {
    super(line === undefined ? `${file}: ${problem}` : `${file}:${line}: ${problem}`);
  }
}

/** The data are well formed, but do not make a grid that can be computed with. */
export class GridModelError extends Error {
  override readonly name = "GridModelError";
}
