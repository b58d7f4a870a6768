import type { Price, Quantity, Snapshot } from './proof.ts';

/** A value of the snapshot that means nothing to the market. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Takes a step; where what it reads is unreadable or missing, calls `fail` with the place and answers undefined. */
export function attempt<T>(
  fail: (pointer: string, problem: string) => void,
  at: string,
  step: () => T,
): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof TypeError)) throw error;
    fail(at, `cannot be read: ${error.message}`);
    return undefined;
  }
}

/** An exact fraction, not negative. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}
/** Reads a decimal, not negative. */
export const fraction = (decimal: string): Fraction => {
  if (!/^\d{1,40}(\.\d{1,40})?$/.test(decimal)) throw new Unreadable(`${decimal} is not a decimal`);
  const [whole = '0', digits = ''] = decimal.split('.');
  return { over: BigInt(whole + digits), under: 10n ** BigInt(digits.length) };
};
/** Reads a whole number, not negative. */
export const whole = (text: string): bigint => {
  if (!/^\d{1,80}$/.test(text)) throw new Unreadable(`${text} is not a whole number`);
  return BigInt(text);
};
export const times = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.over,
  under: a.under * b.under,
});
export const divided = (a: Fraction, b: Fraction): Fraction => times(a, { over: b.under, under: b.over });
export const floor = ({ over, under }: Fraction): bigint => over / under;
export const ceiling = ({ over, under }: Fraction): bigint => (over + under - 1n) / under;
const isWhole = ({ over, under }: Fraction): boolean => over % under === 0n;
export const share = (count: bigint, of: Fraction): bigint => floor(times({ over: count, under: 1n }, of));
export const compare = (a: string, b: string): number => {
  const [left, right] = [fraction(a), fraction(b)];
  return Number(left.over * right.under - right.over * left.under);
};

/** Micrograms; a pound is 0.453 592 37 kg. The last two weigh what is contained in the product. */
const unitMass = new Map<string, bigint>([
  ...([
    ['g', 10n ** 6n],
    ['kg', 10n ** 9n],
    ['t', 10n ** 12n],
    ['lb', 453_592_370n],
  ] as const),
  ...([
    ['mtu', 10n ** 10n],
    ['kg contained', 10n ** 9n],
  ] as const),
]);

/** Money and mass of one product as whole ticks, lots and minor units. */
export class Measure {
  readonly #product: Snapshot['product'];
  readonly #tick: Fraction;
  readonly #lot: Fraction;

  constructor(product: Snapshot['product']) {
    this.#product = product;
    this.#tick = fraction(product.priceTick.amount);
    this.#lot = fraction(product.lot.amount);
  }

  /** How many of the product's unit there are in one `unit`. */
  #inUnit(unit: string): Fraction {
    const { unit: own, containedFactor } = this.#product;
    const [from, to] = [unitMass.get(unit), unitMass.get(own)];
    if (from === undefined || to === undefined) throw new Unreadable(`${unit} is no unit of mass`);
    const contained = [unit, own].map((each) => each === 'mtu' || each === 'kg contained');
    if (contained[0] === contained[1]) return { over: from, under: to };
    if (typeof containedFactor !== 'string') throw new Unreadable(`${unit} cannot be converted to ${own}`);
    const factor = fraction(containedFactor);
    return (contained[1] === true ? times : divided)({ over: from, under: to }, factor);
  }

  /** A price in ticks. Asks and floors round up, limits down; in the product's own unit nothing is rounded. */
  ticks(price: Price, round: 'up' | 'down'): bigint {
    if (price.currency !== this.#product.currency) throw new Unreadable(`not in ${this.#product.currency}`);
    const own = divided(fraction(price.amount), this.#inUnit(price.per));
    const ticks = divided(own, this.#tick);
    if (price.per === this.#product.unit && !isWhole(ticks))
      throw new Unreadable('not a whole number of ticks');
    return round === 'up' ? ceiling(ticks) : floor(ticks);
  }

  /** Whether `own` is what `stated` is in the product's unit: the same, or to half of the ninth digit where converted. */
  isPriceOf(own: Price, stated: Price): boolean {
    const { unit, currency } = this.#product;
    if (own.per !== unit || own.currency !== currency || stated.currency !== currency) return false;
    const exact = divided(fraction(stated.amount), this.#inUnit(stated.per));
    const { over, under } = fraction(own.amount);
    const off = exact.over * under - over * exact.under;
    return 2n * 10n ** 9n * (off < 0n ? -off : off) <= (stated.per === unit ? 0n : exact.under * under);
  }

  /** A quantity in lots, rounded down (least quantities up); in the product's own unit nothing is rounded. */
  lots({ amount, unit }: Quantity, round: 'up' | 'down' = 'down'): bigint {
    const lots = divided(times(fraction(amount), this.#inUnit(unit)), this.#lot);
    if (unit === this.#product.unit && !isWhole(lots)) throw new Unreadable('not a whole number of lots');
    return round === 'up' ? ceiling(lots) : floor(lots);
  }

  /** An amount of ticks × lots in minor units of the currency. */
  minorUnits(tickLots: bigint): bigint {
    const money = times(times(this.#tick, this.#lot), { over: tickLots * 10n ** this.#digits(), under: 1n });
    if (!isWhole(money)) throw new Unreadable('not a whole number of minor units');
    return floor(money);
  }

  /** Digits after the point of the currency's minor unit. */
  #digits = (): bigint => (['JPY', 'KRW'].includes(this.#product.currency) ? 0n : 2n);

  /** Minor units as an amount of the currency, for people to read. */
  written(minorUnits: bigint): string {
    const digits = Number(this.#digits());
    const whole = (minorUnits / 10n ** this.#digits()).toLocaleString('en');
    return digits === 0 ? whole : `${whole}.${String(minorUnits % 100n).padStart(digits, '0')}`;
  }

  /** An amount of money in minor units. */
  minorUnitsOf(amount: string): bigint {
    const money = times(fraction(amount), { over: 10n ** this.#digits(), under: 1n });
    if (!isWhole(money)) throw new Unreadable('not a whole number of minor units');
    return floor(money);
  }
}
