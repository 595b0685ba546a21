/** A grid that the projection mode cannot hold: a phase shifter, sizes out of bounds, or meters that leave G singular. */
export class ProjectionError extends Error {
  override readonly name = "ProjectionError";
}
