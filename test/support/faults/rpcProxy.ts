import { connect, createServer, type Server, type Socket } from "node:net";

/** How the road to a node is: `refuse` closes the port, `hang` takes connections and answers nothing. */
export type RoadState = "open" | "refuse" | "hang" | { readonly delayMilliseconds: number };

/** A TCP proxy in front of a node's port, on a loopback port of its own. */
export class RpcProxy {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #state: RoadState = "open";

  constructor(
    readonly port: number,
    readonly target: number,
  ) {}

  /** Changes how the road is; what was under way on it breaks off. */
  async set(state: RoadState): Promise<void> {
    this.#state = state;
    await this.close();
    if (state === "refuse") return;
    const server = createServer((near) => this.#join(near));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #join(near: Socket): void {
    const state = this.#state;
    this.#keep(near);
    if (state === "hang") return;
    const far = connect(this.target, "127.0.0.1");
    this.#keep(far);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far);
    if (typeof state !== "object") {
      far.pipe(near);
      return;
    }
    far.on("data", (data: Buffer) => setTimeout(() => void near.write(data), state.delayMilliseconds));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
