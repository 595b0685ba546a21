/** There is no set of meters that mends the plan as asked. The message is one line. */
export class PlacementError extends Error {
  override readonly name = "PlacementError";
}
