import { createServer } from "node:net";

/** Why a port cannot be listened on: the system's code, such as EADDRINUSE; undefined if it can. */
export async function portTaken(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Whoever connects in that moment must not hold up the end.
    const server = createServer((socket) => void socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
