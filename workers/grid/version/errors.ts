/** A grid or plan that cannot be written in the integers of the chain, or not be proved there. */
export class VersionError extends Error {
  override readonly name = "VersionError";
}

/** Some buses are not reached by any tree of lines with a flow meter and PMUs. */
export class NotSpannedError extends VersionError {
  /** @param buses Their numbers. */
  constructor(readonly buses: readonly number[]) {
    const shown = buses.slice(0, 10).join(", ") + (buses.length > 10 ? ", …" : "");
    super(
      `no flow meter or PMU ties ${buses.length === 1 ? "bus" : `these ${buses.length} buses`} to the rest: ${shown}; ` +
        "the version can only be proved by a spanning tree of metered lines",
    );
  }
}
