/** An exact fraction. The denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function rational(numerator: bigint, denominator: bigint): Rational {
  const divisor = greatestDivisor(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export function add(a: Rational, b: Rational): Rational {
  return rational(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** The largest integer that is not above `a`. */
export function floor(a: Rational): bigint {
  const quotient = a.numerator / a.denominator;
  return quotient * a.denominator > a.numerator ? quotient - 1n : quotient;
}

/**
 * A simple fraction that is `value` when it is rounded to a double: 1/10 for 0.1. `value` is finite
 * and positive. It is the first that fits among the convergents of the double's continued fraction.
 * They come in order of simplicity, and the last one is the double's exact value, so that the
 * search ends.
 */
export function simpleRational(value: number): Rational {
  const exact = exactRational(value);
  let { numerator: rest, denominator: divisor } = exact;
  let [n0, n1, d0, d1] = [0n, 1n, 1n, 0n];
  while (divisor !== 0n) {
    const quotient = rest / divisor;
    [n0, n1] = [n1, quotient * n1 + n0];
    [d0, d1] = [d1, quotient * d1 + d0];
    if (d1 > 0n && isDouble(n1, d1, value)) return { numerator: n1, denominator: d1 };
    [rest, divisor] = [divisor, rest - quotient * divisor];
  }
  return exact;
}

/**
 * Whether the fraction, rounded to a double, is `value`. Exact while both terms are exact doubles.
 */
function isDouble(numerator: bigint, denominator: bigint, value: number): boolean {
  const exact = BigInt(Number.MAX_SAFE_INTEGER);
  if (numerator > exact || denominator > exact) return false;
  return Number(numerator) / Number(denominator) === value;
}

/** A double is an integer times a power of two. */
function exactRational(value: number): Rational {
  let numerator = value;
  let denominator = 1n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return rational(BigInt(numerator), denominator);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
