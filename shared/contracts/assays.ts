import { minus, plus } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, trimDecimal } from '../kernel/decimal.ts';
import type { AssayValues } from './delivery.ts';
import type { AssayTerms } from './standard-terms.ts';

/** How two assays settle one another, and what an umpire's adds: offtake usage (exchange of assays, splitting limit). */

/** Digits of per cent that a settled value keeps, where the assays themselves have no more. */
const minimumDigits = 4;

/** The mean of two, rounded half to even at the digits of the finer one, four at least. */
export function meanOf(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale, minimumDigits);
  const { units } = atExactly(plus(a, b), scale);
  const half = units / 2n;
  const rounded = units % 2n === 0n || half % 2n === 0n ? half : half + 1n;
  return trimDecimal({ units: rounded, scale });
}

const atExactly = (value: Decimal, scale: number): Decimal => ({
  units: value.units * 10n ** BigInt(scale - value.scale),
  scale,
});

/** The middle one of three: an umpire's result between the two stands; beyond both, the nearer party's does. */
export const middleOf = (a: Decimal, b: Decimal, c: Decimal): Decimal => [a, b, c].sort(compareDecimal)[1]!;

const distance = (a: Decimal, b: Decimal): Decimal => (compareDecimal(a, b) >= 0 ? minus(a, b) : minus(b, a));

/** Both assays of one element, in the order of the terms. */
const pairs = (terms: AssayTerms, seller: AssayValues, buyer: AssayValues) =>
  terms.elements.map(({ element, splittingLimit }) => ({
    element,
    splittingLimit,
    seller: value(seller, element),
    buyer: value(buyer, element),
  }));

const value = (assay: AssayValues, element: string): Decimal => {
  const found = assay.find((each) => each.element === element);
  if (found === undefined) throw new Error(`an assay without ${element}`);
  return found.value;
};

/** Elements at most the splitting limit apart, at their mean; and those further apart. */
export function exchanged(
  terms: AssayTerms,
  seller: AssayValues,
  buyer: AssayValues,
): { readonly values: AssayValues; readonly disputed: string[] } {
  const all = pairs(terms, seller, buyer);
  const isSettled = (pair: (typeof all)[number]): boolean =>
    compareDecimal(distance(pair.seller, pair.buyer), pair.splittingLimit) <= 0;
  return {
    values: all
      .filter(isSettled)
      .map((pair) => ({ element: pair.element, value: meanOf(pair.seller, pair.buyer) })),
    disputed: all.filter((pair) => !isSettled(pair)).map(({ element }) => element),
  };
}

/** All elements settled, the disputed ones by the umpire. */
export function decidedBy(
  umpire: AssayValues,
  terms: AssayTerms,
  seller: AssayValues,
  buyer: AssayValues,
): AssayValues {
  const { values } = exchanged(terms, seller, buyer);
  return pairs(terms, seller, buyer).map((pair) => ({
    element: pair.element,
    value:
      values.find(({ element }) => element === pair.element)?.value ??
      middleOf(pair.seller, pair.buyer, value(umpire, pair.element)),
  }));
}
