import type { Aedes, AedesPublishPacket } from "aedes";

/** What is used of the broker's memory of messages: of each client those that it has not acknowledged, oldest first. */
interface Queues {
  outgoingEnqueue(sub: Sub, packet: AedesPublishPacket): Promise<void>;
  outgoingEnqueueCombi(subs: readonly Sub[], packet: AedesPublishPacket): Promise<void>;
  /** Takes out the first message with an identifier; one that was never sent to the client has none. */
  outgoingClearMessageId(
    client: { readonly id: string },
    packet: { readonly messageId?: number },
  ): Promise<unknown>;
}

interface Sub {
  readonly clientId: string;
}

/** What its types do not tell of a broker: its memory, and who is there. */
interface Inside {
  readonly persistence: Queues;
  readonly clients: Readonly<Record<string, unknown>>;
}

/**
 * Keeps at most so many messages for each client that is away. The oldest goes for the newest: who sent it and hears nothing
 * sends it again. Of a client that is there nothing is dropped.
 *
 * @param dropped told each time a message goes.
 */
export function boundQueues(broker: Aedes, most: number, dropped: () => void): void {
  const { persistence: queues, clients: present } = broker as unknown as Inside;
  const enqueue = queues.outgoingEnqueue.bind(queues);
  const enqueueAll = queues.outgoingEnqueueCombi.bind(queues);
  const clear = queues.outgoingClearMessageId.bind(queues);
  /** Messages of each client. */
  const kept = new Map<string, number>();
  const add = (id: string, count: number): void => void kept.set(id, (kept.get(id) ?? 0) + count);

  queues.outgoingEnqueue = async (sub, packet) => {
    add(sub.clientId, 1);
    await enqueue(sub, packet);
  };
  queues.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    if (cleared !== undefined) add(client.id, -1);
    return cleared;
  };
  queues.outgoingEnqueueCombi = async (subs, packet) => {
    await enqueueAll(subs, packet);
    for (const { clientId: id } of subs) {
      add(id, 1);
      if (kept.get(id)! <= most || present[id] !== undefined) continue;
      if ((await queues.outgoingClearMessageId({ id }, {})) !== undefined) dropped();
    }
  };
}
