import { readFileSync } from "node:fs";
import { connect, type MqttClient } from "mqtt";

/** How a party reaches the broker. */
export interface BusOptions {
  /** `mqtt://…` or `mqtts://…`. */
  readonly url: string;
  /** User name and client id. */
  readonly username: string;
  readonly password: string;
  /** Certificate of the broker's authority, PEM file, where the system does not know it. */
  readonly caFile?: string | undefined;
  /** Whether the broker keeps what comes while this party is away. */
  readonly keepSession: boolean;
}

/** A connection to the broker that is made again whenever it ends. */
export interface Bus {
  readonly connected: boolean;
  /** QoS 1. Resolves when the broker has it; rejects if the connection ends before. */
  publish(topic: string, payload: Uint8Array | string, retain?: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects in MQTT 3.1.1 and subscribes, now and whenever the connection is made again.
 *
 * @param hear told each message, with its topic.
 * @param failed told why there is no connection: once, until there is one or the reason is another.
 */
export function connectBus(
  { url, username, password, caFile, keepSession }: BusOptions,
  filters: readonly string[],
  hear: (topic: string, payload: Uint8Array) => void,
  failed: (reason: string) => void,
): Bus {
  const client: MqttClient = connect(url, {
    protocolVersion: 4,
    username,
    password,
    clientId: username,
    clean: !keepSession,
    resubscribe: false,
    reconnectPeriod: 1_000,
    queueQoSZero: false,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
  });
  let said: string | undefined;
  const fail = (error: Error): void => {
    // Where a name has several addresses, the error of all of them has no message.
    const reason = error.message || ("code" in error && String(error.code)) || error.name;
    if (reason !== said) failed(reason);
    said = reason;
  };
  client.on("connect", () => {
    said = undefined;
    if (filters.length === 0) return;
    client.subscribe([...filters], { qos: 1 }, (error) => {
      if (error) fail(error);
    });
  });
  client.on("message", (topic, payload) => hear(topic, payload));
  client.on("error", fail);
  return {
    get connected() {
      return client.connected;
    },
    publish: async (topic, payload, retain = false) => {
      const body = typeof payload === "string" ? payload : Buffer.from(payload);
      await client.publishAsync(topic, body, { qos: 1, retain });
    },
    close: () => client.endAsync(true),
  };
}
