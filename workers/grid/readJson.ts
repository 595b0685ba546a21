import { z } from "zod";
import { GridFileError } from "./errors.js";
import { JsonSyntaxError, scanJson, type JsonPath } from "./scanJson.js";

/** A checked document, and the line (from 1) on which any of its values starts. */
export interface LocatedJson<T> {
  readonly value: T;
  readonly lineOf: (path: JsonPath) => number;
}

/**
 * Parses JSON and checks it against a schema.
 *
 * @throws GridFileError with the line of the syntax error, or of the value that the schema refuses.
 */
export function readJson<T>(
  text: string,
  file: string,
  schema: z.ZodType<T, z.ZodTypeDef, unknown>,
): LocatedJson<T> {
  const content = text.replace(/^\uFEFF/, "");
  if (content.trim() === "") throw new GridFileError(file, 1, "expected JSON, found an empty file");
  const lineAt = (offset: number): number => content.slice(0, offset).split("\n").length;
  try {
    scanJson(content, []);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new GridFileError(file, lineAt(error.offset), error.message);
    throw error;
  }
  const parsed: unknown = JSON.parse(content);
  const lineOf = (path: JsonPath): number => lineAt(scanJson(content, path));
  const checked = schema.safeParse(parsed);
  if (checked.success) return { value: checked.data, lineOf };
  const [issue] = checked.error.issues;
  if (issue === undefined) throw checked.error;
  throw new GridFileError(file, lineOf(issue.path), describe(issue, parsed));
}

/** "buses[3].loadMw: expected a number, found "x"". */
function describe(issue: z.ZodIssue, document: unknown): string {
  const place = issue.path
    .map((step, depth) => (typeof step === "number" ? `[${step}]` : depth === 0 ? step : `.${step}`))
    .join("");
  const label = place === "" ? "" : `${place}: `;
  if (issue.code === "unrecognized_keys") {
    return `${label}expected only known members, found ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
  }
  let found: unknown = document;
  for (const step of issue.path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  let expected = issue.message;
  if (issue.code === "invalid_type") expected = `expected ${issue.expected}`;
  if (issue.code === "invalid_literal") expected = `expected ${JSON.stringify(issue.expected)}`;
  if (issue.code === "invalid_enum_value") expected = `expected one of ${issue.options.join(", ")}`;
  return `${label}${expected}, found ${found === undefined ? "nothing" : brief(found)}`;
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value);
}
