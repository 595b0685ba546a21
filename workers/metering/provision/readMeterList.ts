import { readFileSync } from "node:fs";
import { messageOf } from "../../errors/messageOf.js";
import { splitCsvLine } from "../../measurement/splitCsvLine.js";

/** A meter that is to be provisioned. */
export interface ListedMeter {
  /** Its serial number, any text that is not a number. */
  readonly serial: string;
  /** Any text that is not a number; empty for a meter in stock, which `metering exchange` installs. */
  readonly usagePoint: string;
  /** Who lives there; empty if nobody does. */
  readonly customer: string;
  /** Where it stands: `FILE:LINE`. */
  readonly place: string;
}

/** A list of meters that cannot be used. */
export class MeterListError extends Error {
  override readonly name = "MeterListError";
}

const COLUMNS = ["serial", "usagePoint", "customer"] as const;

/**
 * Reads a list of meters: CSV with a header, columns `serial`, `usagePoint` and, if there is one, `customer`, in any order. Cells
 * with a comma stand in quotes. Every name means one thing: none stands for two meters, and none could be taken for a meter's
 * number on the chain.
 *
 * @throws MeterListError naming the line.
 */
export function readMeterList(path: string): ListedMeter[] {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new MeterListError(`${path}: ${messageOf(error)}`);
  }
  const [head = "", ...lines] = text.replace(/^\uFEFF/u, "").split(/\r?\n/u);
  const header = columnsOf(head, `${path}:1`);
  const seen = new Map<string, string>();
  const meters: ListedMeter[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const meter = meterOf(line, header, `${path}:${index + 2}`);
    for (const name of new Set([meter.serial, meter.usagePoint])) {
      const before = seen.get(name);
      if (name !== "" && before !== undefined) {
        throw new MeterListError(`${meter.place}: ${name} stands at ${before} already`);
      }
      seen.set(name, meter.place);
    }
    meters.push(meter);
  }
  if (meters.length === 0) throw new MeterListError(`${path}: lists no meter`);
  return meters;
}

/** The names of the columns. */
function columnsOf(head: string, place: string): string[] {
  const columns = splitCsvLine(head, ",") ?? [];
  const unfit = columns.find(
    (name, i) => !(COLUMNS as readonly string[]).includes(name) || columns.indexOf(name) !== i,
  );
  if (unfit !== undefined || !columns.includes("serial") || !columns.includes("usagePoint")) {
    throw new MeterListError(
      `${place}: the header needs serial and usagePoint, may have customer, and has ${head.trim() || "nothing"}`,
    );
  }
  return columns;
}

function meterOf(line: string, header: readonly string[], place: string): ListedMeter {
  const cells = splitCsvLine(line, ",");
  if (cells === undefined) throw new MeterListError(`${place}: quotes that do not match`);
  if (cells.length !== header.length) {
    throw new MeterListError(`${place}: ${cells.length} cells, the header has ${header.length}`);
  }
  // What leaves in XML must not hold them; U+FFFD: the file is not UTF-8.
  if (cells.some((cell) => /[\p{Cc}\p{Cs}\uFFFD-\uFFFF]/u.test(cell))) {
    throw new MeterListError(`${place}: a control character, or a file that is not UTF-8`);
  }
  const cell = (name: (typeof COLUMNS)[number]): string => cells[header.indexOf(name)] ?? "";
  const [serial, usagePoint, customer] = [cell("serial"), cell("usagePoint"), cell("customer")];
  if (serial === "") throw new MeterListError(`${place}: a serial number is missing`);
  if (usagePoint === "" && customer !== "") {
    throw new MeterListError(`${place}: ${customer} lives at no usage point`);
  }
  for (const name of [serial, usagePoint]) {
    if (/^\d+$/u.test(name)) {
      throw new MeterListError(
        `${place}: ${name} could be taken for a meter's number: write it with a letter before`,
      );
    }
  }
  return { serial, usagePoint, customer, place };
}
