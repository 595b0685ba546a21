import type { BufferedReading, MeterMemory, MeterSession } from "../../workers/metering/meter/memory.js";

/** Bytes of something that a meter keeps. */
export interface StoredPart {
  readonly part: string;
  readonly bytes: number;
}

/** What a meter keeps. */
export interface MeterStorage {
  readonly parts: readonly StoredPart[];
  /** Of all parts. */
  readonly bytes: number;
  /** Of a reading that waits until the MDMS has it, beside. */
  readonly readingBytes: number;
  /** Readings for which there is room besides in the storage that the paper gives a meter. */
  readonly readingsBeside: (most: number) => number;
}

const NUMBER = 4;
const TIME = 4;
const FLAG = 1;
const KEY = 32;
const POINT = 33;
const ADDRESS = 20;
const REGISTER = 8;

const SESSION: Record<keyof MeterSession, number> = {
  sequence: NUMBER,
  privateKey: KEY,
  validUntil: TIME,
  open: FLAG,
};

/** Every field of a meter's memory: one that is added has to be counted here. */
const MEMORY: Record<keyof MeterMemory, readonly [part: string, bytes: number]> = {
  meter: ["number on the chain", NUMBER],
  saltedId: ["salted identity", KEY],
  identityKey: ["private identity key", KEY],
  mdms: ["address of the MDMS's identity key", ADDRESS],
  registered: ["whether it is registered", FLAG],
  since: ["since when its intervals count", TIME],
  registerWh: ["cumulative register", REGISTER],
  lastTime: ["end of the last interval", TIME],
  session: ["session: number, private key, end, whether open", sum(Object.values(SESSION))],
  nextSession: ["the session that it opens next", sum(Object.values(SESSION))],
  epoch: ["epoch of the MDMS: number, key, end", NUMBER + POINT + TIME],
};

const READING: Record<keyof BufferedReading, number> = {
  time: TIME,
  usageWh: 2,
  registerWh: REGISTER,
  state: FLAG,
  at: TIME,
  reason: FLAG,
};

/** The bytes that a meter needs for keys and state, by field, as a device would pack them; and for a waiting reading. */
export function meterStorage(): MeterStorage {
  const parts = [
    ...Object.values(MEMORY).map(([part, bytes]) => ({ part, bytes })),
    // What it was told at provisioning beside.
    { part: "chain and contract", bytes: 8 + ADDRESS },
  ];
  const bytes = sum(parts.map((part) => part.bytes));
  const readingBytes = sum(Object.values(READING));
  return {
    parts,
    bytes,
    readingBytes,
    readingsBeside: (most) => Math.floor((most - bytes) / readingBytes),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
