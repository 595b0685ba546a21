/** The demo was asked for something that it cannot do. The message is one line. */
export class DemoArgumentError extends Error {
  override readonly name = "DemoArgumentError";
}
