import { addressOfKey } from "../../crypto/addressOfKey.js";
import { drawKeyPair, keyPairOf } from "../../crypto/keyPair.js";
import type { MeteringDomain } from "../domain.js";
import { identityHash } from "../identityHash.js";
import { checkEpochKey } from "../keys/checkEpochKey.js";
import type { SignedEpochKey } from "../keys/epochOpening.js";
import { registrationRequest } from "../keys/registrationRequest.js";
import { sessionRequest } from "../keys/sessionRequest.js";
import type { Ack } from "../messages/ack.js";
import type { MeterGaps } from "../messages/gapsMessage.js";
import type { MeterRequest } from "../messages/request.js";
import { createReport } from "../report/createReport.js";
import { encodeReport } from "../report/encodeReport.js";
import { REGISTER_MODULUS_WH } from "../report/usagePlaintext.js";
import { MOST_UINT32 } from "../report/layout.js";
import type { BufferedReading, MeterMemory, MeterSession, MeterStore } from "./memory.js";

/** What a meter goes by. Seconds. */
export interface MeterTerms {
  readonly intervalSeconds: number;
  /** How long a session key holds, and how long before its end the next is opened. */
  readonly sessionSeconds: number;
  readonly overlapSeconds: number;
  /** After which what was not answered is sent again. */
  readonly retrySeconds: number;
  /** After which what is in a block and not said to be final, or was refused for good, is sent again. */
  readonly finalSeconds: number;
  /** Readings that the meter has room for. */
  readonly capacity: number;
  /** Reports that may wait for an answer at once: the back-pressure. */
  readonly window: number;
}

/** What a meter sends. */
export type Outgoing =
  | { readonly kind: "report"; readonly payload: Uint8Array; readonly time: number }
  | { readonly kind: "request"; readonly request: MeterRequest };

/** What a meter's display shows. */
export interface MeterDisplay {
  readonly meter: number;
  readonly registerWh: number;
  readonly lastUsageWh: number | undefined;
  readonly registered: boolean;
  readonly session: number | undefined;
  readonly epoch: number | undefined;
  readonly waiting: number;
  readonly included: number;
  readonly final: number;
  readonly refused: number;
}

/** Refusals that another try soon cannot mend. */
const FOR_GOOD = new Set(["Unknown", "Revoked", "Misaligned", "BeforeStart", "HashMismatch"]);
/** Refusals that say that the contract has no live session of the key that signed. */
const SESSION_LOST = new Set(["NoSession", "Expired", "BadSignature"]);
/** Refusals that say that the contract does not have this meter: what was answered to its registration was not so. */
const NOT_REGISTERED = new Set(["Unknown", "Unregistered"]);

/**
 * A household meter. It measures, keeps each reading until the MDMS says that it has it, and signs when it sends: a reading
 * that waited is encrypted to the epoch key in force and signed with the session key in force then. It takes the
 * concentrator's word for nothing that could lose a reading. It holds no clock and no connection: both are told to it.
 */
export class MeterDevice {
  #memory: MeterMemory;
  readonly #readings: Map<number, BufferedReading>;
  readonly #store: MeterStore;
  readonly #domain: MeteringDomain;
  readonly #terms: MeterTerms;
  readonly #hid: string;
  /** When a request was last sent, unix seconds. */
  #requestedAt = Number.NEGATIVE_INFINITY;
  /** When the concentrator last asked to wait, unix seconds. */
  #pausedAt = Number.NEGATIVE_INFINITY;

  constructor(
    memory: MeterMemory,
    readings: readonly BufferedReading[],
    store: MeterStore,
    domain: MeteringDomain,
    terms: MeterTerms,
  ) {
    this.#memory = memory;
    this.#readings = new Map(readings.map((reading) => [reading.time, reading]));
    this.#store = store;
    this.#domain = domain;
    this.#terms = terms;
    this.#hid = identityHash(memory.saltedId, addressOfKey(keyPairOf(memory.identityKey).publicKey));
  }

  get meter(): number {
    return this.#memory.meter;
  }

  /**
   * An interval ends. One that ended before, or no later than the last, is not taken. Of more energy than a report carries only
   * the register knows: the interval stays out, and the MDMS sees by the register what was used.
   */
  measure(time: number, usageWh: number): void {
    if (time <= this.#memory.lastTime) return;
    const registerWh = this.#memory.registerWh + usageWh;
    if (usageWh >= REGISTER_MODULUS_WH) {
      this.#remember({ registerWh, lastTime: time });
      return;
    }
    this.#put({ time, usageWh, registerWh, state: "waiting", at: 0, reason: undefined });
    this.#makeRoom();
    this.#remember({ registerWh, lastTime: time });
  }

  /** A key of the MDMS, as it is retained at the broker. @throws EpochKeyRefusedError */
  hearEpoch(signed: SignedEpochKey, now: number): void {
    if (signed.epoch < (this.#memory.epoch?.epoch ?? 0)) return;
    const key = checkEpochKey(this.#domain, signed, this.#memory.mdms, now);
    this.#remember({ epoch: { ...key, validUntil: signed.validUntil } });
  }

  /**
   * What is due: requests for registration and session, and reports, as many as the window has room for. Those that were not
   * sent for the longest time come first, so that none that a concentrator never answers stands in the way of the rest.
   */
  due(now: number): Outgoing[] {
    if (!isPast(now, this.#pausedAt, this.#terms.retrySeconds)) return [];
    const requests = this.#requests(now);
    const { epoch, registered } = this.#memory;
    const session = this.#session(now);
    if (!registered || session === undefined || epoch === undefined || epoch.validUntil < now)
      return requests;
    const { retrySeconds, finalSeconds, window } = this.#terms;
    const isOver = (at: number, seconds: number): boolean => isPast(now, at, seconds);
    const unanswered = [...this.#readings.values()].filter(
      ({ state, at }) => state === "waiting" && !isOver(at, retrySeconds),
    ).length;
    const due = [...this.#readings.values()]
      .filter(
        ({ state, at }) =>
          (state === "waiting" && isOver(at, retrySeconds)) ||
          ((state === "included" || state === "refused") && isOver(at, finalSeconds)),
      )
      .sort((a, b) => rank(a) - rank(b) || a.at - b.at || a.time - b.time)
      .slice(0, Math.max(0, window - unanswered));
    const reports = due.map((reading): Outgoing => {
      this.#put({ ...reading, at: now });
      const report = createReport(
        this.#domain,
        { meter: this.meter, hid: this.#hid, sessionKey: session.privateKey },
        epoch,
        reading.time,
        reading,
      );
      return { kind: "report", payload: encodeReport(report), time: reading.time };
    });
    return [...requests, ...reports];
  }

  /** The concentrator's answer. */
  hear({ about, verdict, reason }: Ack, now: number): void {
    if (verdict === "refused" && reason !== undefined && NOT_REGISTERED.has(reason))
      this.#remember({ registered: false });
    if (verdict === "busy") this.#pausedAt = now;
    else if (about.kind === "registration") {
      if (verdict !== "refused" || reason === "AlreadyRegistered") this.#remember({ registered: true });
    } else if (about.kind === "session") this.#hearSession(about.sequence, verdict, reason, now);
    else this.#hearReport(about.time, verdict, reason, now);
  }

  /** What the MDMS has and has not, by its own signature: the first is let go, the second sent again. */
  hearGaps({ after, until, missing }: MeterGaps): void {
    const gaps = new Set(missing);
    for (const reading of this.readings()) {
      if (reading.time <= after || reading.time > until) continue;
      if (!gaps.has(reading.time)) this.#drop(reading.time);
      else if (reading.state === "final") this.#put({ ...reading, state: "waiting", at: 0 });
    }
  }

  /** What the display shows. */
  display(): MeterDisplay {
    const { meter, registerWh, registered, session, epoch, lastTime } = this.#memory;
    const count = (state: BufferedReading["state"]): number =>
      [...this.#readings.values()].filter((reading) => reading.state === state).length;
    return {
      meter,
      registerWh,
      lastUsageWh: this.#readings.get(lastTime)?.usageWh,
      registered,
      session: session?.sequence,
      epoch: epoch?.epoch,
      waiting: count("waiting"),
      included: count("included"),
      final: count("final"),
      refused: count("refused"),
    };
  }

  /** Readings that are kept, oldest first. */
  readings(): BufferedReading[] {
    return [...this.#readings.values()].sort((a, b) => a.time - b.time);
  }

  #requests(now: number): Outgoing[] {
    if (!isPast(now, this.#requestedAt, this.#terms.retrySeconds)) return [];
    const { registered, saltedId, identityKey, since } = this.#memory;
    if (!registered) {
      this.#requestedAt = now;
      const request = registrationRequest(this.#domain, saltedId, keyPairOf(identityKey), since);
      return [{ kind: "request", request: { kind: "registration", request } }];
    }
    const next = this.#nextSession(now);
    if (next === undefined) return [];
    this.#requestedAt = now;
    const { sequence, validUntil, privateKey } = next;
    const terms = { meter: this.meter, sequence, validUntil };
    const request = sessionRequest(this.#domain, terms, keyPairOf(identityKey), keyPairOf(privateKey));
    return [{ kind: "request", request: { kind: "session", request } }];
  }

  /** The session to open, drawn and kept before it is asked for; undefined while the one in force lasts. */
  #nextSession(now: number): MeterSession | undefined {
    const { session, nextSession } = this.#memory;
    const { sessionSeconds, overlapSeconds } = this.#terms;
    if (nextSession !== undefined && nextSession.validUntil > now + overlapSeconds) return nextSession;
    if (session !== undefined && session.validUntil > now + overlapSeconds) return undefined;
    const opening: MeterSession = {
      sequence: nextSession?.sequence ?? (session?.sequence ?? 0) + 1,
      ...drawn(),
      validUntil: now + sessionSeconds,
      open: false,
    };
    this.#remember({ nextSession: opening });
    return opening;
  }

  /** The session whose key signs now. */
  #session(now: number): MeterSession | undefined {
    const { session } = this.#memory;
    return session !== undefined && session.validUntil >= now ? session : undefined;
  }

  #hearSession(sequence: number, verdict: Ack["verdict"], reason: string | undefined, now: number): void {
    const { nextSession } = this.#memory;
    if (nextSession?.sequence !== sequence) return;
    if (verdict !== "refused") {
      this.#remember({ session: { ...nextSession, open: true }, nextSession: undefined });
      return;
    }
    // With a key and an end of its own: what was refused may be for either.
    const again = { ...nextSession, ...drawn(), validUntil: now + this.#terms.sessionSeconds };
    const wanted = wantedSequence(reason);
    this.#remember({ nextSession: { ...again, sequence: wanted ?? sequence } });
    // The chain is further on: an answer was lost.
    if (wanted !== undefined) this.#requestedAt = Number.NEGATIVE_INFINITY;
  }

  #hearReport(time: number, verdict: Ack["verdict"], reason: string | undefined, now: number): void {
    const reading = this.#readings.get(time);
    if (reading === undefined || reading.state === "final") return;
    if (verdict === "final" || verdict === "included") {
      this.#put({ ...reading, state: verdict, at: now, reason: undefined });
    } else {
      const state = reason !== undefined && FOR_GOOD.has(reason) ? "refused" : "waiting";
      this.#put({ ...reading, state, at: now, reason });
      // Open the next.
      if (reason !== undefined && SESSION_LOST.has(reason)) this.#dropSession();
    }
  }

  #dropSession(): void {
    const { session } = this.#memory;
    if (session === undefined) return;
    this.#remember({ session: { ...session, validUntil: 0 } });
  }

  /** Where room is short, what was said to be final goes first, then the oldest. */
  #makeRoom(): void {
    while (this.#readings.size > this.#terms.capacity) {
      const oldest = this.readings();
      const [first] = oldest.filter(({ state }) => state === "final").concat(oldest);
      this.#drop(first!.time);
    }
  }

  #drop(time: number): void {
    this.#readings.delete(time);
    this.#store.dropReading(this.meter, time);
  }

  #put(reading: BufferedReading): void {
    this.#readings.set(reading.time, reading);
    this.#store.saveReading(this.meter, reading);
  }

  #remember(change: Partial<MeterMemory>): void {
    this.#memory = { ...this.#memory, ...change };
    this.#store.saveMemory(this.#memory);
  }
}

/** What nobody has answered comes before what somebody has, which may be a lie. */
function rank({ state }: BufferedReading): number {
  return state === "waiting" ? 0 : 1;
}

/** Whether so many seconds have passed since `at`. Of a clock that was set back that is not known: then it counts as passed. */
function isPast(now: number, at: number, seconds: number): boolean {
  return Math.abs(now - at) >= seconds;
}

/** A new session key. */
function drawn(): { readonly privateKey: Uint8Array } {
  return { privateKey: drawKeyPair().privateKey };
}

/** The number that a refusal says the next session must have; undefined if it says none that can be. */
function wantedSequence(reason: string | undefined): number | undefined {
  const said = /^WrongSequence:(\d{1,10})$/u.exec(reason ?? "")?.[1];
  const wanted = Number(said ?? 0);
  return wanted >= 1 && wanted <= MOST_UINT32 ? wanted : undefined;
}
