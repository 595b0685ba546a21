/** Up to so many operators every coalition is listed. */
const ALL_UP_TO = 12;
/** Of more operators, those of at most this size. */
const LARGEST = 3;

/**
 * The coalitions of n operators that are analysed: all of them up to 12 operators, those of up to three beyond. Seats
 * ascend within a coalition; small coalitions come first.
 */
export function allCoalitions(operators: number): number[][] {
  const largest = operators <= ALL_UP_TO ? operators : LARGEST;
  let ofSize: number[][] = [[]];
  const all: number[][] = [];
  for (let size = 1; size <= largest; size++) {
    ofSize = ofSize.flatMap((coalition) => {
      const next = (coalition.at(-1) ?? -1) + 1;
      return Array.from({ length: Math.max(operators - next, 0) }, (_, k) => [...coalition, next + k]);
    });
    all.push(...ofSize);
  }
  return all;
}
