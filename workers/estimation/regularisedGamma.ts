/** Enough for either expansion at any a below 1e8 near x = a, where both are slowest. */
const MOST_TERMS = 200_000;

/** The regularised incomplete gamma functions: lower `P(a,x)`, upper `Q(a,x) = 1 - P`, and `density = dP/dx`. */
export interface GammaTails {
  readonly lower: number;
  readonly upper: number;
  readonly density: number;
}

/**
 * `P(a,x) = ∫₀ˣ t^(a-1) e^(-t) dt / Γ(a)`, by its power series where x < a + 1 and by Legendre's continued fraction
 * (Lentz's method) beyond, so that the smaller tail keeps its digits (DLMF 8.7.1, 8.9.2). Both need the front factor
 * `x^a e^(-x) / Γ(a)`. With λ = x/a it is `a·exp(-a(λ - 1 - ln λ)) / (√(2πa)·Γ*(a))`, Γ* being what Stirling's formula
 * leaves over: no large logarithms cancel.
 *
 * @param a positive. @param x not negative.
 */
export function regularisedGamma(a: number, x: number): GammaTails {
  if (!(a > 0) || !(x >= 0)) throw new RangeError(`incomplete gamma at a = ${a}, x = ${x}`);
  if (x === 0) return { lower: 0, upper: 1, density: a < 1 ? Infinity : a === 1 ? 1 : 0 };
  const t = (x - a) / a;
  const front = (a * Math.exp(-a * lessLog(t))) / (Math.sqrt(2 * Math.PI * a) * stirlingRest(a));
  const density = front / x;
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < MOST_TERMS; k++) {
      term *= x / (a + k);
      sum += term;
      if (term < sum * 1e-17) break;
    }
    const lower = front * sum;
    return { lower, upper: 1 - lower, density };
  }
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < MOST_TERMS; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  const upper = front * fraction;
  return { lower: 1 - upper, upper, density };
}

/** `t - ln(1 + t)`, by its series where the difference would cancel. */
function lessLog(t: number): number {
  if (Math.abs(t) > 0.1) return t - Math.log1p(t);
  let power = t * t;
  let sum = 0;
  for (let k = 2; k < 30; k++) {
    sum += (k % 2 === 0 ? power : -power) / k;
    power *= t;
  }
  return sum;
}

/** `Γ*(a) = Γ(a) / (√(2π/a)·(a/e)^a)`: Stirling's series (DLMF 5.11.1) from 12 on, by recurrence below. */
function stirlingRest(a: number): number {
  // Γ(a+1) = aΓ(a) gives Γ*(a) = Γ*(a+1)·e^((a+½)·ln(1+1/a) - 1).
  let exponent = 0;
  let s = a;
  for (; s < 12; s++) exponent += (s + 0.5) * Math.log1p(1 / s) - 1;
  const q = 1 / (s * s);
  const series =
    (1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680 - q * (1 / 1188 - q * (691 / 360360)))))) / s;
  return Math.exp(exponent + series);
}
