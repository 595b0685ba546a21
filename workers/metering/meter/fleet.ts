import { decodeAck } from "../messages/ack.js";
import { decodeEpoch } from "../messages/epochMessage.js";
import { decodeGaps } from "../messages/gapsMessage.js";
import { encodeRequest } from "../messages/request.js";
import type { MeteringDomain } from "../domain.js";
import type { FleetStore } from "./fleetStore.js";
import type { MeterClock } from "./meterClock.js";
import { MeterDevice, type MeterDisplay, type MeterTerms } from "./meterDevice.js";

/** How a meter reaches the broker. */
export interface MeterLink {
  /** Publishes on the meter's own topic, QoS 1; what is not delivered is sent again by the meter, not by the link. */
  send(topic: "report" | "request", payload: Uint8Array | string): void;
  readonly connected: boolean;
}

/** What a meter uses: Wh in the interval that ends at `time`; undefined where there is no data. */
export type UsageSource = (meter: number, time: number) => number | undefined;

/** Counts of what a fleet did. */
export interface FleetCounts {
  readonly measured: number;
  readonly reportsSent: number;
  readonly requestsSent: number;
  readonly answers: number;
  /** Messages that were not what they should be: of no known form, or not signed by the MDMS. */
  readonly refusedMessages: number;
}

/**
 * Many meters in one process. `turn` has each measure what ended and send what is due; what must not be lost is on disk before
 * anything is sent.
 */
export class Fleet {
  readonly #store: FleetStore;
  readonly #domain: MeteringDomain;
  readonly #terms: MeterTerms;
  readonly #usage: UsageSource;
  readonly #meters = new Map<number, Member>();
  readonly #counts = { measured: 0, reportsSent: 0, requestsSent: 0, answers: 0, refusedMessages: 0 };

  constructor(store: FleetStore, domain: MeteringDomain, terms: MeterTerms, usage: UsageSource) {
    this.#store = store;
    this.#domain = domain;
    this.#terms = terms;
    this.#usage = usage;
  }

  /** Adds a meter of the store. Its intervals are measured from `since` on, or from where it stopped. */
  add(meter: number, link: MeterLink, clock: MeterClock, since: number): void {
    const memory = this.#store.memory(meter);
    if (memory === undefined) return;
    const device = new MeterDevice(
      memory,
      this.#store.readings(meter),
      this.#store,
      this.#domain,
      this.#terms,
    );
    const from = Math.max(since, memory.lastTime);
    this.#meters.set(meter, { device, link, clock, mdms: memory.mdms, measuredUntil: from });
  }

  /** All that is due now. */
  turn(): void {
    const sending: (() => void)[] = [];
    for (const [meter, member] of this.#meters) {
      const now = member.clock.now();
      this.#measure(meter, member, now);
      if (!member.link.connected) continue;
      for (const outgoing of member.device.due(now)) {
        sending.push(() => {
          if (outgoing.kind === "report") {
            this.#counts.reportsSent++;
            member.link.send("report", outgoing.payload);
          } else {
            this.#counts.requestsSent++;
            member.link.send("request", encodeRequest(outgoing.request));
          }
        });
      }
    }
    this.#store.commit();
    for (const send of sending) send();
  }

  /** A message for a meter. */
  hear(meter: number, topic: "ack" | "gaps" | "epoch", payload: Uint8Array): void {
    const member = this.#meters.get(meter);
    if (member === undefined) return;
    const { device, clock, mdms } = member;
    if (topic === "ack") {
      const ack = decodeAck(payload);
      if (ack === undefined) return this.#refuse();
      clock.hear(ack.now);
      device.hear(ack, clock.now());
      this.#counts.answers++;
    } else if (topic === "gaps") {
      const gaps = decodeGaps(this.#domain, meter, payload, mdms);
      if (gaps === undefined) return this.#refuse();
      device.hearGaps(gaps);
    } else {
      const signed = decodeEpoch(payload);
      if (signed === undefined) return this.#refuse();
      try {
        device.hearEpoch(signed, clock.now());
      } catch {
        this.#refuse();
      }
    }
  }

  display(): MeterDisplay[] {
    return [...this.#meters.values()].map(({ device }) => device.display());
  }

  get counts(): FleetCounts {
    return { ...this.#counts };
  }

  #refuse(): void {
    this.#counts.refusedMessages++;
  }

  #measure(meter: number, member: Member, now: number): void {
    const { intervalSeconds } = this.#terms;
    const last = Math.floor(now / intervalSeconds) * intervalSeconds;
    let time = (Math.floor(member.measuredUntil / intervalSeconds) + 1) * intervalSeconds;
    for (; time <= last; time += intervalSeconds) {
      const usageWh = this.#usage(meter, time);
      if (usageWh !== undefined) {
        member.device.measure(time, usageWh);
        this.#counts.measured++;
      }
      member.measuredUntil = time;
    }
  }
}

interface Member {
  readonly device: MeterDevice;
  readonly link: MeterLink;
  readonly clock: MeterClock;
  /** Address of the MDMS's identity key. */
  readonly mdms: string;
  /** The end of the last interval that was looked at. */
  measuredUntil: number;
}
