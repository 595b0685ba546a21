import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { Aedes, type Client } from "aedes";
import { messageOf } from "../../errors/messageOf.js";
import { mayPublish, mayReceive, maySubscribe } from "../mayUse.js";
import { type Party, partyOf } from "../topics.js";
import { boundQueues } from "./boundQueues.js";
import type { Credentials } from "./credentials.js";
import { frameLimit } from "./frameLimit.js";
import { isLoopback } from "./isLoopback.js";

/** How a broker is opened. */
export interface BrokerOptions {
  /** Loopback unless the operator says otherwise. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly credentials: Credentials;
  /** Certificate and its key, PEM files; needed beyond loopback, where passwords would travel in clear. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Longest packet that is taken, bytes. */
  readonly mostBytes: number;
  /** Told of each message that was kept for a client that is away, and dropped for a newer one. */
  readonly dropped?: () => void;
  /** Told what was refused. */
  readonly refused?: (what: Refusal) => void;
  /** Told, once, why the credentials cannot be read again: those that were read last hold on. */
  readonly troubled?: (reason: string) => void;
}

/** Messages that are kept for a client that is away: 20 s of 500 reports a second, some 25 MB. */
const MOST_KEPT = 10_000;

/** Something that a client may not do. */
export interface Refusal {
  readonly username: string;
  readonly reason: "credential" | "client-id" | "will" | "publish" | "subscribe" | "packet";
  readonly detail: string;
}

/** A broker that runs inside the process. */
export interface Broker {
  /** `mqtt://…` or `mqtts://…`. */
  readonly url: string;
  readonly clients: number;
  close(): Promise<void>;
}

/** A broker that would not be safe. */
export class BrokerUnsafeError extends Error {
  override readonly name = "BrokerUnsafeError";
}

/**
 * Opens a broker of MQTT 3.1.1. Everybody has a credential and the client id of their user name, so that nobody's session can
 * be taken over by another; a meter publishes and reads its own topics only, sets no will and leaves nothing retained.
 *
 * @throws BrokerUnsafeError beyond loopback without TLS.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const {
    host,
    port,
    credentials,
    tls,
    mostBytes,
    refused = () => undefined,
    dropped = () => undefined,
    troubled,
  } = options;
  if (tls === undefined && !isLoopback(host)) {
    throw new BrokerUnsafeError(`${host}: beyond loopback the broker needs a certificate (tls)`);
  }
  const parties = new WeakMap<Client, Party>();
  const usernames = new WeakMap<Client, string>();
  /** The credential by which each came in. */
  const marks = new WeakMap<Client, string | undefined>();
  const withWill = new WeakSet<Client>();
  const clients = new Set<Client>();
  const nameOf = (client: Client | null): string => (client && usernames.get(client)) ?? "?";
  const say = (client: Client | null, reason: Refusal["reason"], detail: string): void =>
    refused({ username: nameOf(client), reason, detail });

  let trouble: string | undefined;
  const lookAgain = (): void => {
    try {
      credentials.refresh();
      trouble = undefined;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== trouble) troubled?.(reason);
      trouble = reason;
    }
  };
  lookAgain();

  const broker = await Aedes.createBroker({
    connectTimeout: 10_000,
    keepaliveLimit: 0,
    preConnect: (client, packet, done) => {
      if (packet.will !== undefined) withWill.add(client);
      done(null, true);
    },
    authenticate: (client, username, password, done) => {
      const name = username ?? "";
      usernames.set(client, name);
      const party = partyOf(name);
      lookAgain();
      if (party === undefined || password === undefined || !credentials.check(name, password)) {
        say(client, "credential", client.id);
        return done(null, false);
      }
      if (client.id !== name) {
        say(client, "client-id", client.id);
        return done(null, false);
      }
      if (withWill.has(client)) {
        say(client, "will", client.id);
        return done(null, false);
      }
      parties.set(client, party);
      marks.set(client, credentials.markOf(name));
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const party = client === null ? undefined : parties.get(client);
      if (party !== undefined && mayPublish(party, packet.topic, packet.retain)) return done(null);
      say(client, "publish", packet.topic);
      done(new Error(`may not publish to ${packet.topic}`));
    },
    authorizeSubscribe: (client, subscription, done) => {
      const party = parties.get(client);
      if (party !== undefined && maySubscribe(party, subscription.topic)) return done(null, subscription);
      say(client, "subscribe", subscription.topic);
      // A failure in the answer, code 128; the connection stays.
      done(null, null);
    },
    // Checked once more where a message is handed out.
    authorizeForward: (client, packet) => {
      const party = parties.get(client);
      return party !== undefined && mayReceive(party, packet.topic) ? packet : null;
    },
  });
  boundQueues(broker, MOST_KEPT, dropped);
  broker.on("client", (client) => clients.add(client));
  broker.on("clientDisconnect", (client) => clients.delete(client));
  broker.on("clientError", (client, error) => {
    if (error.name === "OversizePacketError") say(client, "packet", error.message);
  });
  broker.on("connectionError", (client, error) => say(client, "packet", error.message));

  const serve = (socket: Socket): void => {
    const limit = frameLimit(mostBytes);
    socket.on("error", (error) => limit.destroy(error));
    socket.on("close", () => limit.end());
    const limited = Duplex.from({ readable: socket.pipe(limit), writable: socket });
    limited.on("error", () => socket.destroy());
    broker.handle(limited);
  };
  const server: Server =
    tls === undefined
      ? createServer(serve)
      : createTlsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, serve);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  try {
    await new Promise<void>((opened, failed) => {
      server.once("error", failed);
      server.listen(port, host, () => opened());
    });
  } catch (error) {
    // Its timers would keep the program that cannot serve.
    await new Promise<void>((closed) => broker.close(() => closed()));
    throw error;
  }
  // Whose credential was taken away, or replaced by another, is sent away. All are looked at each time: a newcomer may have had
  // the file read again.
  const watch = setInterval(() => {
    lookAgain();
    for (const client of clients) {
      if (credentials.markOf(nameOf(client)) !== marks.get(client)) client.close();
    }
  }, 1_000);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? "mqtt" : "mqtts"}://${name}:${(server.address() as AddressInfo).port}`,
    get clients() {
      return clients.size;
    },
    close: async () => {
      clearInterval(watch);
      await new Promise<void>((closed) => broker.close(() => closed()));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
