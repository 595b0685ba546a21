import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import type { Engine } from "../../workers/devnet/engines/types.js";
import type { Network } from "../../workers/devnet/types.js";

/** The links between the nodes of a network on this machine, which a test can cut. */
export interface Partition {
  /** Starts the network's nodes so that they reach each other over these links. */
  readonly engine: Engine;
  /**
   * Cuts every link between validators of different groups: connections end, new ones are refused. One that is in no group
   * is alone.
   */
  split(...groups: readonly (readonly number[])[]): void;
  /** Mends all links. A geth node dials a peer that it lost again after 35 s. */
  join(): void;
  /** Ends all links. Stop the nodes first. */
  close(): Promise<void>;
}

interface Link {
  readonly from: number;
  readonly to: number;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/**
 * Puts a relay between every two nodes of a network, one for each direction of dialling: each node is told that its peers
 * are at the relays. The nodes authenticate each other by key, so that they do not notice.
 *
 * @param network Not yet started.
 */
export async function partitionable(engine: Engine, network: Network): Promise<Partition> {
  let groupOf: ((validator: number) => number) | undefined;
  const isOpen = (from: number, to: number): boolean =>
    groupOf === undefined || groupOf(from) === groupOf(to);
  const pairs = network.validators.flatMap((from) =>
    network.validators.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  const links = await Promise.all(
    pairs.map(([{ number: from }, { number: to, host, p2pPort }]) =>
      openLink(from, to, { host, port: p2pPort }, isOpen),
    ),
  );
  const portOf = (from: number, to: number): number | undefined => {
    const link = links.find((one) => one.from === from && one.to === to);
    return link === undefined ? undefined : (link.server.address() as AddressInfo).port;
  };
  const asSeenBy = (own: number, whole: Network): Network => ({
    ...whole,
    validators: whole.validators.map((one) => ({ ...one, p2pPort: portOf(own, one.number) ?? one.p2pPort })),
  });
  return {
    engine: {
      ...engine,
      files: (whole, validator, at) => engine.files(asSeenBy(validator.number, whole), validator, at),
    },
    split: (...groups) => {
      groupOf = (validator) => {
        const group = groups.findIndex((one) => one.includes(validator));
        return group === -1 ? -validator : group;
      };
      for (const { from, to, sockets } of links)
        if (!isOpen(from, to)) for (const socket of sockets) socket.destroy();
    },
    join: () => {
      groupOf = undefined;
    },
    close: async () => {
      await Promise.all(
        links.map(async ({ server, sockets }) => {
          for (const socket of sockets) socket.destroy();
          await new Promise((closed) => server.close(closed));
        }),
      );
    },
  };
}

/** Relays from a port of its own to a node's. */
async function openLink(
  from: number,
  to: number,
  target: { readonly host: string; readonly port: number },
  isOpen: (from: number, to: number) => boolean,
): Promise<Link> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (!isOpen(from, to)) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return { from, to, server, sockets };
}
