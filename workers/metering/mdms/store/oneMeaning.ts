/** No usage point, serial number or number of a meter goes by this name. */
export class UnknownMeterError extends Error {
  override readonly name = "UnknownMeterError";
  constructor(readonly asked: string) {
    super(`${asked}: no usage point, serial number or number of a meter that the MDMS knows`);
  }
}

/** A name stands for two meters or usage points: to guess could revoke or exchange the wrong one. */
export class AmbiguousMeterError extends Error {
  override readonly name = "AmbiguousMeterError";
  constructor(
    readonly asked: string,
    readonly meanings: readonly string[],
  ) {
    super(`${asked}: could be ${meanings.join(" or ")}; name it otherwise`);
  }
}

/** What a name could stand for. */
export interface Meaning<Value> {
  readonly value: Value;
  /** As it is told to the user. */
  readonly what: string;
}

/**
 * The one thing that a name stands for, whether as usage point, serial number or number.
 *
 * @throws UnknownMeterError, AmbiguousMeterError
 */
export function oneMeaning<Value extends string | number>(
  asked: string,
  meanings: readonly Meaning<Value>[],
): Value {
  const [first] = meanings;
  if (first === undefined) throw new UnknownMeterError(asked);
  if (meanings.some(({ value }) => value !== first.value)) {
    throw new AmbiguousMeterError(
      asked,
      meanings.map(({ what }) => what),
    );
  }
  return first.value;
}

/** The number of a meter that a text could be; undefined if it is none. */
export function meterNumberOf(asked: string): number | undefined {
  const number = /^[1-9]\d{0,9}$/u.test(asked) ? Number(asked) : undefined;
  return number !== undefined && number < 2 ** 32 ? number : undefined;
}
