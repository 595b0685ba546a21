import { z } from "zod";
import { checkGridCase } from "./checkGridCase.js";
import { readJson } from "./readJson.js";
import type { GridCase } from "./types.js";

/** Name and version of the project's own grid format, its first member. */
export const gridFormat = "gridproof-grid/1";

const quantity = z.number().finite("expected a finite number");

const busRow = z
  .object({
    number: z.number(),
    reference: z.boolean().default(false),
    loadMw: quantity.default(0),
    shuntMw: quantity.default(0),
    generationMw: quantity.default(0),
    inService: z.boolean().default(true),
  })
  .strict();

const lineRow = z
  .object({
    number: z.number().optional(),
    from: z.number(),
    to: z.number(),
    reactance: quantity,
    tap: quantity.default(1),
    shiftDegrees: quantity.default(0),
    inService: z.boolean().default(true),
  })
  .strict();

const gridFile = z
  .object({
    format: z.literal(gridFormat),
    name: z.string().min(1, "expected the grid's name"),
    source: z.string().default(""),
    licence: z.string().default(""),
    baseMva: z.number(),
    buses: z.array(busRow),
    lines: z.array(lineRow),
  })
  .strict();

/**
 * Reads a case in the project's own JSON format. What a row leaves out has its default; a line without a number is
 * numbered by its position, from 1.
 *
 * @param text The file's content.
 * @param file Its path, for messages.
 * @throws GridFileError naming the line of the first row that is wrong.
 */
export function readGridJson(text: string, file: string): GridCase {
  const { value, lineOf } = readJson(text, file, gridFile);
  const { format: _, ...rest } = value;
  const lines = value.lines.map((line, index) => ({ ...line, number: line.number ?? index + 1 }));
  const gridCase: GridCase = { ...rest, lines };
  checkGridCase(gridCase, file, (part, row) => lineOf(row === undefined ? [part] : [part, row]));
  return gridCase;
}
