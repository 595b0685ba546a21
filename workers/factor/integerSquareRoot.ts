/** ⌊√x⌋ of a whole number that is not negative, by Newton's method from above. */
export function integerSquareRoot(x: bigint): bigint {
  if (x === 0n) return 0n;
  let root = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
