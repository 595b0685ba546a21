/**
 * The topics between meters, concentrator and MDMS. A meter's user name and client id are its number on the chain, and it
 * reaches its own topics only.
 */
export const topics = {
  /** Meter to concentrator: a usage report, 158 bytes. */
  report: (meter: number | "+") => `report/${meter}`,
  /** Meter to concentrator: a request signed with its identity key (registration, a new session key). */
  request: (meter: number | "+") => `request/${meter}`,
  /** Concentrator to meter: what became of a report or a request. */
  ack: (meter: number | "+") => `ack/${meter}`,
  /** MDMS to meter, retained: the intervals of it that are missing there, signed. */
  gaps: (meter: number | "+") => `gaps/${meter}`,
  /** MDMS to all, retained: its epoch key, signed with its identity key. */
  epoch: "epoch",
} as const;

/** Who is at the other end of a connection. */
export type Party =
  { readonly kind: "meter"; readonly meter: number } | { readonly kind: "concentrator" | "mdms" };

/** The user names of those who are no meter. */
export const CONCENTRATOR = "concentrator";
export const MDMS = "mdms";

/** Whom a user name stands for; undefined if it is nobody's. */
export function partyOf(username: string): Party | undefined {
  if (username === CONCENTRATOR || username === MDMS) return { kind: username };
  const meter = Number(username);
  return /^[1-9]\d{0,9}$/u.test(username) && meter <= 0xffff_ffff ? { kind: "meter", meter } : undefined;
}

/** The meter that a topic belongs to; undefined of a topic that is no meter's. */
export function meterOfTopic(topic: string): number | undefined {
  const meter = /^(?:report|request|ack|gaps)\/([1-9]\d{0,9})$/u.exec(topic)?.[1];
  return meter === undefined ? undefined : Number(meter);
}
