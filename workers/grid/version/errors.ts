/** A grid or plan that cannot be written in the integers of the chain, or not be proved there. */
export class VersionError extends Error {
  override readonly name = "VersionError";
}

/** The meters do not determine the angles of some buses. */
export class UnobservableError extends VersionError {
  /** @param buses Their numbers. */
  constructor(readonly buses: readonly number[]) {
    const shown = buses.slice(0, 10).join(", ") + (buses.length > 10 ? ", …" : "");
    super(
      `the grid is not observable: its meters do not determine the angle of ` +
        `${buses.length === 1 ? "bus" : `these ${buses.length} buses:`} ${shown}`,
    );
  }
}
