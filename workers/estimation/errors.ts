/** The model's arrays contradict each other or hold values that no model can have. */
export class InvalidModelError extends Error {
  override readonly name = "InvalidModelError";
  constructor(reason: string) {
    super(`measurement model refused: ${reason}`);
  }
}

/** The rows in use do not determine every state. */
export class NotObservableError extends Error {
  override readonly name = "NotObservableError";
  /** @param states columns of H that are not determined, ascending. */
  constructor(readonly states: readonly number[]) {
    const shown = states.slice(0, 10).join(", ");
    super(
      `not observable: ${states.length} states are not determined by the meters (columns ${shown}${states.length > 10 ? ", …" : ""})`,
    );
  }
}

/** Weights so far apart that the gain matrix cannot be factored in double precision, though H has full rank. */
export class IllConditionedError extends Error {
  override readonly name = "IllConditionedError";
  /** @param states columns of H whose pivot was lost to rounding. */
  constructor(readonly states: readonly number[]) {
    super(
      `ill-conditioned: the weights differ by too much to factor the gain matrix (columns ${states.slice(0, 10).join(", ")})`,
    );
  }
}

/** A symmetric matrix met a zero pivot: it is singular, or needs pivoting. */
export class SingularMatrixError extends Error {
  override readonly name = "SingularMatrixError";
  /** @param columns those whose pivot was zero. */
  constructor(readonly columns: readonly number[]) {
    super(`singular matrix: zero pivot at column ${columns.slice(0, 10).join(", ")}`);
  }
}

/** A measurement in use is not a finite number, or so large that its square is not. */
export class InvalidMeasurementError extends Error {
  override readonly name = "InvalidMeasurementError";
  /** @param row of H; -1 when no single value is at fault. */
  constructor(
    readonly row: number,
    readonly value: number,
  ) {
    super(
      row === -1
        ? "measurements overflow: the objective is not finite"
        : `measurement ${value} of row ${row} is not finite`,
    );
  }
}
