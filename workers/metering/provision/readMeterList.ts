import { readFileSync } from "node:fs";
import { messageOf } from "../../errors/messageOf.js";

/** A meter that is to be provisioned. */
export interface ListedMeter {
  /** Its serial number, any text without commas. */
  readonly serial: string;
  readonly usagePoint: string;
  /** Who lives there; empty if nobody does. */
  readonly customer: string;
}

/** A list of meters that cannot be used. */
export class MeterListError extends Error {
  override readonly name = "MeterListError";
}

/**
 * Reads a list of meters: CSV with a header, columns `serial`, `usagePoint` and, if there is one, `customer`, in any order.
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
  const [head = "", ...lines] = text.trimEnd().split(/\r?\n/u);
  const columns = head.split(",").map((name) => name.trim());
  const at = { serial: columns.indexOf("serial"), usagePoint: columns.indexOf("usagePoint") };
  if (at.serial < 0 || at.usagePoint < 0) {
    throw new MeterListError(`${path}:1: the header needs serial and usagePoint, and has ${head}`);
  }
  const customer = columns.indexOf("customer");
  const seen = new Set<string>();
  return lines.map((line, index) => {
    const cells = line.split(",").map((cell) => cell.trim());
    const serial = cells[at.serial] ?? "";
    const usagePoint = cells[at.usagePoint] ?? "";
    if (serial === "" || usagePoint === "") {
      throw new MeterListError(`${path}:${index + 2}: a serial number or a usage point is missing`);
    }
    if (seen.has(serial)) throw new MeterListError(`${path}:${index + 2}: ${serial} stands there twice`);
    seen.add(serial);
    return { serial, usagePoint, customer: cells[customer] ?? "" };
  });
}
