import type { Framing } from "../../bench/metering/framing.js";
import type { MeterStorage } from "../../bench/metering/meterStorage.js";
import type {
  COMPARED_BITS,
  ComparedWork,
  PAPER_PARTS,
  PAPER_STORAGE,
  PAPER_TOTALS,
} from "../../bench/metering/paperCosts.js";
import type { ReportTimes } from "../../bench/metering/reportTimes.js";
import type { PartBits } from "../../workers/metering/report/reportBits.js";
import { grouped } from "../../workers/report/number.js";
import type { FigureTable } from "./figures.js";

interface Bits {
  readonly parts: readonly PartBits[];
  readonly total: number;
}

/** What `metering figures` finds. */
export interface MeteringFigures {
  readonly machine: string;
  /** Whose readings were reported. */
  readonly data: "London" | "plausible";
  readonly bits: { readonly own: Bits; readonly paper: Bits };
  readonly storage: Omit<MeterStorage, "readingsBeside"> & {
    readonly paper: typeof PAPER_STORAGE;
    readonly readingsBeside: number;
  };
  readonly times: readonly ReportTimes[];
  readonly paperTimes: { readonly totals: typeof PAPER_TOTALS; readonly parts: typeof PAPER_PARTS };
  readonly compared: { readonly works: readonly ComparedWork[]; readonly bitsAsListed: typeof COMPARED_BITS };
  /** Bytes. */
  readonly framing: Framing;
}

const DASH = "–";

/** A report's parts in words, and which of the paper's it stands for. */
const PARTS: Record<string, readonly [name: string, paper?: string]> = {
  meter: ["meter's number, for its hashed identity"],
  time: ["timestamp", "timestamp"],
  epoch: ["epoch of the MDMS's key"],
  ephemeralKey: ["ciphertext: ephemeral key"],
  sealedUsage: ["ciphertext: usage"],
  tag: ["ciphertext: tag"],
  hash: ["hash of the ciphertext"],
  signature: ["signature", "signature"],
};

/** The tables of `metering figures`. */
export function meteringFigureTables(found: MeteringFigures): FigureTable[] {
  return [
    bitsTable(found),
    storageTable(found),
    timesTable(found),
    comparedTable(found),
    framingTable(found),
  ];
}

function bitsTable({ bits: { own, paper } }: MeteringFigures): FigureTable {
  const shared = new Set(Object.values(PARTS).map(([, of]) => of));
  const ofPaper = new Map(paper.parts.map(({ part, bits }) => [part, bits]));
  const rows = own.parts.map(({ part, bits }) => {
    const [name, of] = PARTS[part] ?? [part];
    return [name, grouped(bits), of === undefined ? DASH : grouped(ofPaper.get(of) ?? 0)];
  });
  const rest = paper.parts
    .filter(({ part }) => !shared.has(part))
    .map(({ part, bits }) => [part, DASH, grouped(bits)]);
  return {
    title: "Bits of a report",
    heads: ["part", "here", "paper"],
    rows: [...rows, ...rest, ["all", grouped(own.total), grouped(paper.total)]],
  };
}

function storageTable({ storage }: MeteringFigures): FigureTable {
  return {
    title: "Storage of a meter, bytes",
    heads: ["part", "bytes"],
    rows: [
      ...storage.parts.map(({ part, bytes }) => [part, String(bytes)]),
      ["all", String(storage.bytes)],
      ["each reading that waits, beside", String(storage.readingBytes)],
    ],
  };
}

function timesTable({ times, paperTimes: { totals, parts } }: MeteringFigures): FigureTable {
  return {
    title: "Time of a report, ms",
    heads: ["meter", "reports", "timestamp", "encryption", "signature", "all", "processor", "paper, all"],
    rows: [
      ...times.map((one, i) => [
        one.name,
        grouped(one.reports),
        one.timestamp.toFixed(6),
        ...[one.encryption, one.signature, one.total, one.cpu].map((value) => value.toFixed(3)),
        String(totals[i]),
      ]),
      [
        `paper, meter ${parts.meter}`,
        DASH,
        ...[parts.timestamp, parts.encryption, parts.signature].map(String),
        String(totals[parts.meter - 1]),
        DASH,
        String(totals[parts.meter - 1]),
      ],
    ],
  };
}

function comparedTable({ times, bits, paperTimes, compared }: MeteringFigures): FigureTable {
  const slowest = Math.max(...times.map(({ total }) => total));
  return {
    title: "The works that the paper compares",
    heads: ["work", "ms", "bits"],
    rows: [
      ...compared.works.map(({ work, milliseconds, bits: own }) => [
        work,
        String(milliseconds),
        own === undefined ? DASH : grouped(own),
      ]),
      ["the paper", String(Math.max(...paperTimes.totals)), grouped(bits.paper.total)],
      ["here", slowest.toFixed(3), grouped(bits.own.total)],
    ],
  };
}

function framingTable({ bits, framing }: MeteringFigures): FigureTable {
  return {
    title: "On the wire, bytes",
    heads: ["part", "bytes"],
    rows: [
      ["payload", String(bits.own.total / 8)],
      ["MQTT 3.1.1: headers and topic", String(framing.mqtt)],
      ["TLS 1.3: a record", String(framing.tls)],
      ["report, all", String(framing.report)],
      ["the broker's answer (PUBACK), with TLS", String(framing.answer)],
    ],
  };
}

/** What the figures come to, and what they are, in sentences. */
export function meteringFigureWords(found: MeteringFigures): string[] {
  const { storage, times, compared, data } = found;
  const slowest = Math.max(...times.map(({ total }) => total));
  const cpu = Math.max(...times.map((one) => one.cpu));
  return [
    data === "London"
      ? "Readings: the first five households of the London half-hourly data."
      : "The London data is not there: the readings are plausible ones, drawn.",
    "The paper counts a private key, which nobody sends, and leaves out ciphertext, hash and identity. It counts no framing.",
    `A meter keeps ${storage.bytes} bytes of keys and state; the paper counts ${storage.paper.own} and takes ` +
      `${grouped(storage.paper.most)} for the most. In what that leaves there is room for ${storage.readingsBeside} readings that wait.`,
    `Times are medians of one thread of ${found.machine}; the paper's are of an Intel Core i5 at 1.6 GHz, in JavaScript. ` +
      `The slowest meter takes ${slowest.toFixed(3)} ms, the paper's ${Math.max(...found.paperTimes.totals)}; processor time, all included, ${cpu.toFixed(3)} ms at most.`,
    "Of the paper's Table 3, the parts of meter 5 can be read; the sums are in its text.",
    `The paper lists ${compared.bitsAsListed.map(grouped).join(", ")} bits for the four works: five figures. ` +
      "Only the last is said to be whose in its section on related work.",
    "TCP and IP come on top of what travels, as does a handshake for each connection.",
  ];
}
