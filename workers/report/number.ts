/** A quantity with a few significant digits, plain where that is short: `0.0123`, `1520`, `3.1e-9`. */
export function significant(value: number, digits = 5): string {
  if (!Number.isFinite(value)) return "-";
  const rounded = Number(value.toPrecision(digits));
  return rounded !== 0 && (Math.abs(rounded) < 1e-4 || Math.abs(rounded) >= 1e15)
    ? rounded.toExponential()
    : String(rounded);
}

/** A whole number with its thousands apart: `1,234,567`. */
export function grouped(value: bigint | number): string {
  return value.toLocaleString("en-US");
}
