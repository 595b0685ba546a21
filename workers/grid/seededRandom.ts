/**
 * A reproducible source of uniform numbers in [0, 1): sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, of
 * which the seed and the stream number fill the first two words and constants the rest; 20 rounds are discarded.
 * For simulation only, never for keys.
 *
 * @param seed Whole number; its low 32 bits count.
 * @param stream Tells apart sources of the same seed, such as one per slot.
 */
export function seededRandom(seed: number, stream = 0): () => number {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e37_79b9 | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 20; round++) next();
  return next;
}
