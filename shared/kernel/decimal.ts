import * as z from 'zod';

/**
 * An exact non-negative decimal: `units / 10^scale`. The scale is kept as written, so that "110.00" is
 * answered as "110.00".
 */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** How a division that does not come out even is settled. There is no default: every caller names it. */
export type Rounding = 'up' | 'down' | 'half-even';

const pattern = /^(0|[1-9]\d{0,14})(\.\d{1,9})?$/;

const powersOfTen = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent, exact. */
export const tenTo = (exponent: number): bigint => powersOfTen[exponent] ?? 10n ** BigInt(exponent);

/** `numerator / denominator` for a non-negative numerator and a positive denominator. */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (numerator < 0n || denominator <= 0n)
    throw new RangeError('divide: not defined here for negative numbers');
  const down = numerator / denominator;
  const rest = numerator % denominator;
  switch (rounding) {
    case 'down':
      return down;
    case 'up':
      return rest === 0n ? down : down + 1n;
    case 'half-even':
      if (2n * rest === denominator) return down + (down % 2n);
      return 2n * rest > denominator ? down + 1n : down;
  }
}

/** Reads at most 15 integer and 9 fraction digits; `undefined` for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  if (!pattern.test(text)) return undefined;
  const [whole = '0', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** A literal of the program itself; throws on what `parseDecimal` refuses. */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError(`not a decimal: ${text}`);
  return value;
}

export function formatDecimal({ units, scale }: Decimal): string {
  if (scale === 0) return units.toString();
  const digits = units.toString().padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The same value with no trailing zeros after the point, but at least `scale` digits there. */
export function trimDecimal({ units, scale }: Decimal, atLeast = 0): Decimal {
  let trimmed = units;
  let digits = scale;
  while (digits > atLeast && trimmed % 10n === 0n) {
    trimmed /= 10n;
    digits -= 1;
  }
  return digits < atLeast
    ? { units: trimmed * tenTo(atLeast - digits), scale: atLeast }
    : { units: trimmed, scale: digits };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimal(a: Decimal, b: Decimal): number {
  const left = a.units * tenTo(b.scale);
  const right = b.units * tenTo(a.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'object' && value !== null && 'units' in value && typeof value.units === 'bigint';

/** JSON string ↔ exact decimal. Never a JSON number: binary floats cannot hold a cent. */
export const decimalCodec = z.codec(
  z
    .string()
    .regex(pattern, {
      error: 'expected a decimal string such as "110.00" (no sign, no exponent)',
      // Else checks of what lies around it would go on to compute with the text.
      abort: true,
    })
    .meta({ description: 'Exact decimal as a string', examples: ['110.00'] }),
  z.custom<Decimal>(isDecimal),
  { decode: (text) => decimal(text), encode: (value) => formatDecimal(value) },
);

export const positiveDecimalCodec = decimalCodec.refine(
  (value) => value.units > 0n,
  'must be greater than zero',
);

/** A share between 0 and 1 inclusive, such as "0.65". */
export const shareCodec = decimalCodec.refine(
  (value) => value.units <= tenTo(value.scale),
  'must be between 0 and 1',
);
