/** A place inside a JSON document: member names and element positions from the root. */
export type JsonPath = readonly (string | number)[];

/** The text is not JSON. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";

  /** @param offset Characters before the offending one. */
  constructor(
    readonly offset: number,
    problem: string,
  ) {
    super(problem);
  }
}

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// eslint-disable-next-line no-control-regex -- JSON forbids bare control characters in strings
const string = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const blank = /[ \t\n\r]*/y;

/**
 * Walks a JSON text (RFC 8259) for the one thing `JSON.parse` does not tell: where things stand.
 *
 * @param wanted Path of the value looked for.
 * @returns Offset at which that value starts, or the innermost value around it that exists.
 * @throws JsonSyntaxError at the first character that no JSON text has there.
 */
export function scanJson(text: string, wanted: JsonPath): number {
  let at = 0;
  let found = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const taken = pattern.exec(text)?.[0];
    at += taken?.length ?? 0;
    return taken;
  };
  const fail = (expected: string): never => {
    const next = text[at];
    const shown = next === undefined ? "the end of the file" : JSON.stringify(next);
    throw new JsonSyntaxError(at, `expected ${expected}, found ${shown}`);
  };
  const punctuation = (mark: string): boolean => {
    take(blank);
    if (text[at] !== mark) return false;
    at++;
    return true;
  };

  /** @param depth How many steps of the wanted path lead here; undefined off the path. */
  const value = (depth: number | undefined): void => {
    take(blank);
    if (depth !== undefined) found = at;
    const step = depth === undefined ? undefined : wanted[depth];
    const below = (key: string | number): number | undefined => (key === step ? (depth ?? 0) + 1 : undefined);
    if (punctuation("{")) {
      if (punctuation("}")) return;
      do {
        take(blank);
        const key = take(string) ?? fail("a member name in double quotes");
        if (!punctuation(":")) fail('":"');
        value(below(JSON.parse(key) as string));
      } while (punctuation(","));
      if (!punctuation("}")) fail('"," or "}"');
    } else if (punctuation("[")) {
      if (punctuation("]")) return;
      let index = 0;
      do {
        value(below(index));
        index++;
      } while (punctuation(","));
      if (!punctuation("]")) fail('"," or "]"');
    } else if (take(string) === undefined && take(scalar) === undefined) fail("a JSON value");
  };

  value(0);
  take(blank);
  if (at < text.length) fail("the end of the file");
  return found;
}
