import { portTaken } from "./portTaken.js";

/** Where ports are looked for: below those that systems give to clients. */
const LOWEST = 20_000;
const SPREAD = 12_000;

/**
 * The first of `count` ports in a row that nobody listens on: drawn anew until there is one, so that networks can start
 * side by side.
 */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = LOWEST + Math.floor(Math.random() * SPREAD);
    const taken = await Promise.all(
      Array.from({ length: count }, (_, i) => portTaken(first + i, "127.0.0.1")),
    );
    if (taken.every((code) => code === undefined)) return first;
  }
}
