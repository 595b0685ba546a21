import { setTimeout as pause } from "node:timers/promises";
import { type Bus, connectBus } from "../../workers/bus/client/connectBus.js";
import { topics } from "../../workers/bus/topics.js";
import { decodeAck } from "../../workers/metering/messages/ack.js";
import { decodeEpoch } from "../../workers/metering/messages/epochMessage.js";
import { decodeGaps } from "../../workers/metering/messages/gapsMessage.js";
import { encodeRequest } from "../../workers/metering/messages/request.js";
import { MeterDevice } from "../../workers/metering/meter/meterDevice.js";
import type { UsageSource } from "../../workers/metering/meter/fleet.js";
import type { Stand } from "./stand.js";
import { INTERVAL_SECONDS } from "./terms.js";

/** A reading that a meter measured. */
export interface Measured {
  readonly meter: number;
  readonly time: number;
  readonly usageWh: number;
  /** When its report was first given to the broker, milliseconds since 1970. */
  readonly sentAt: number;
}

interface Member {
  readonly device: MeterDevice;
  readonly bus: Bus;
  time: number;
}

const TICK_MILLISECONDS = 50;
const OVERHAUL_MILLISECONDS = 1_000;

const TERMS = {
  intervalSeconds: INTERVAL_SECONDS,
  sessionSeconds: 86_000,
  overlapSeconds: 3_600,
  // What a concentrator that is killed has not on disk yet is sent again after this.
  retrySeconds: 30,
  finalSeconds: 60,
  window: 16,
  capacity: 4_000,
};

/**
 * The product's meters, each with a connection of its own, at a pace of ours: they measure intervals that are long over, one
 * after the other, and send each at once.
 */
export class MeterLoad {
  readonly #stand: Stand;
  readonly #usage: UsageSource;
  readonly #members = new Map<number, Member>();
  /** By `meter time`. */
  readonly measured = new Map<string, Measured>();
  /** Reports given to the broker, those that were sent again with them. */
  sent = 0;
  #next = 0;

  constructor(stand: Stand, usage: UsageSource) {
    this.#stand = stand;
    this.#usage = usage;
    const { store, domain, brokerUrl, passwords, since } = stand;
    for (const meter of store.meters()) {
      const memory = store.memory(meter)!;
      const device = new MeterDevice(memory, [], store, domain, TERMS);
      const bus = connectBus(
        {
          url: brokerUrl,
          username: String(meter),
          password: passwords.get(String(meter))!,
          keepSession: true,
        },
        [topics.ack(meter), topics.gaps(meter), topics.epoch],
        (topic, payload) => this.#hear(device, memory.mdms, topic, payload),
        () => undefined,
      );
      this.#members.set(meter, { device, bus, time: since });
    }
  }

  /** Has all meters registered, with a session and the MDMS's key. */
  async enrol(note: (text: string) => void, patienceSeconds: number): Promise<void> {
    const deadline = Date.now() + patienceSeconds * 1_000;
    for (;;) {
      this.overhaul();
      const ready = [...this.#members.values()].filter(({ device }) => {
        const { session, epoch } = device.display();
        return session !== undefined && epoch !== undefined;
      }).length;
      note(`meters enrolled: ${ready} of ${this.#members.size}`);
      if (ready === this.#members.size) return;
      if (Date.now() > deadline)
        throw new Error(`${ready} of ${this.#members.size} meters were enrolled in time`);
      await pause(OVERHAUL_MILLISECONDS);
    }
  }

  /** Measures and sends `rate` reports a second. @param look told every second how far it is, seconds. */
  async run(rate: number, seconds: number, look: (second: number) => Promise<void>): Promise<void> {
    const members = [...this.#members];
    const started = performance.now();
    let begun = 0;
    let looking: Promise<void> | undefined;
    for (let last = 0; begun < rate * seconds;) {
      const elapsed = (performance.now() - started) / 1_000;
      const due = Math.min(rate * seconds, Math.floor(elapsed * rate));
      const some: [number, Member][] = [];
      for (; begun < due; begun++) {
        const [meter, member] = members[this.#next++ % members.length]!;
        member.time += INTERVAL_SECONDS;
        const usageWh = this.#usage(meter, member.time) ?? 0;
        member.device.measure(member.time, usageWh);
        this.measured.set(`${meter} ${member.time}`, { meter, time: member.time, usageWh, sentAt: 0 });
        some.push([meter, member]);
      }
      this.#send(some);
      if (Math.floor(elapsed) > last) {
        last = Math.floor(elapsed);
        // One that takes long leaves out the seconds that it takes.
        looking ??= look(last).finally(() => (looking = undefined));
      }
      await pause(TICK_MILLISECONDS);
    }
    await looking;
  }

  /** Has every meter send what is due again. */
  overhaul(): void {
    this.#send([...this.#members]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members.values()].map(({ bus }) => bus.close()));
    this.#stand.store.close();
  }

  /** On disk before it leaves, as the fleet does it. */
  #send(members: readonly (readonly [number, Member])[]): void {
    const now = Math.floor(Date.now() / 1_000);
    const due = members.flatMap(([meter, { device, bus }]) =>
      bus.connected ? device.due(now).map((outgoing) => ({ meter, bus, outgoing })) : [],
    );
    this.#stand.store.commit();
    const sentAt = Date.now();
    for (const { meter, bus, outgoing } of due) {
      if (outgoing.kind === "request") {
        void bus.publish(topics.request(meter), encodeRequest(outgoing.request)).catch(() => undefined);
        continue;
      }
      this.sent++;
      const key = `${meter} ${outgoing.time}`;
      const measured = this.measured.get(key);
      if (measured?.sentAt === 0) this.measured.set(key, { ...measured, sentAt });
      void bus.publish(topics.report(meter), outgoing.payload).catch(() => undefined);
    }
  }

  #hear(device: MeterDevice, mdms: string, topic: string, payload: Uint8Array): void {
    const now = Math.floor(Date.now() / 1_000);
    if (topic === topics.epoch) {
      const epoch = decodeEpoch(payload);
      if (epoch !== undefined) device.hearEpoch(epoch, now);
    } else if (topic.startsWith("ack/")) {
      const ack = decodeAck(payload);
      if (ack !== undefined) device.hear(ack, now);
    } else {
      const gaps = decodeGaps(this.#stand.domain, device.meter, payload, mdms);
      if (gaps !== undefined) device.hearGaps(gaps);
    }
  }
}
