import { createServer } from "node:net";

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
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
