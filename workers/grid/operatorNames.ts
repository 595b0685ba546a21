/** What operators are called where nobody names them: `Operator 1`, `Operator 2`, …. */
export function operatorNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `Operator ${i + 1}`);
}
