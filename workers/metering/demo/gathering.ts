import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that messages may take through the broker. */
const MOST_MILLISECONDS = 20_000;

/** Messages did not arrive. */
export class MessagesLostError extends Error {
  override readonly name = "MessagesLostError";
  constructor(what: string, got: number, want: number) {
    super(`${what}: ${got} of ${want} messages came through the broker in ${MOST_MILLISECONDS / 1_000} s`);
  }
}

/** Waits until as many messages came as were sent. @throws MessagesLostError */
export async function gather(what: string, got: () => number, want: () => number): Promise<void> {
  const deadline = performance.now() + MOST_MILLISECONDS;
  while (got() < want()) {
    if (performance.now() > deadline) throw new MessagesLostError(what, got(), want());
    await sleep(1);
  }
}
