import type { Quantity } from '../../kernel/quantity.ts';
import { moneyOf } from '../../kernel/money.ts';
import { priceOf, quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Change } from './changes.ts';
import type { Figures, TickRange } from './figures.ts';
import { buyerCost, concentrationIndex, sellerReceipts, shareOf } from './figures.ts';
import type { PreviewDifference, PreviewSide } from './result.ts';
import { signedMoney, signedPrice, signedQuantity, signedShare } from './signed.ts';

/** One side as its reader sees it, in the product's own unit and currency. */
export function sideOf(figures: Figures, product: Product): PreviewSide {
  const quantity = (lots: bigint): Quantity => quantityOf(lots, product);
  const money = (minorUnits: bigint) => moneyOf(minorUnits, product.currency);
  const range = ({ low, high }: TickRange) => ({ low: priceOf(low, product), high: priceOf(high, product) });
  return {
    volume: quantity(figures.lots),
    contracts: figures.contracts,
    prices: figures.quarters.map(({ quarter, lots, price, landedPrice }) => ({
      ...{ quarter, volume: quantity(lots) },
      ...{ price: range(price), landedPrice: range(landedPrice) },
    })),
    buyerCost: money(buyerCost(figures)),
    sellerReceipts: money(sellerReceipts(figures)),
    duties: money(figures.parts.duties),
    levy: money(figures.parts.levy),
    support: money(figures.parts.support),
    blocked: largestFirst(figures.blocked).map(([code, lots]) => ({ code, quantity: quantity(lots) })),
    concentration: {
      origins: largestFirst(figures.origins).map(([origin, lots]) => ({
        ...{ origin, quantity: quantity(lots) },
        share: { units: shareOf(lots, figures.lots), scale: 4 },
      })),
      index: asNumber(concentrationIndex(figures)),
    },
  };
}

/** Proposed less current, figure by figure; shares as they are shown. What has not changed is left out of lists. */
export function differenceOf(
  current: Figures,
  proposed: Figures,
  product: Product,
): Omit<PreviewDifference, 'vanishing' | 'appearing' | 'steps'> {
  const quantity = (lots: bigint) => signedQuantity(lots, product);
  const money = (of: (figures: Figures) => bigint) =>
    signedMoney(of(proposed) - of(current), product.currency);
  const indices = [concentrationIndex(proposed), concentrationIndex(current)] as const;
  return {
    volume: quantity(proposed.lots - current.lots),
    contracts: proposed.contracts - current.contracts,
    prices: priceDifferences(current, proposed, product),
    buyerCost: money(buyerCost),
    sellerReceipts: money(sellerReceipts),
    duties: money(({ parts }) => parts.duties),
    levy: money(({ parts }) => parts.levy),
    support: money(({ parts }) => parts.support),
    blocked: changed(current.blocked, proposed.blocked).map(([code, was, is]) => ({
      ...{ code, quantity: quantity(is - was) },
    })),
    concentration: {
      origins: changed(current.origins, proposed.origins, true).flatMap(([origin, was, is]) => {
        const share = shareOf(is, proposed.lots) - shareOf(was, current.lots);
        return is === was && share === 0n
          ? []
          : [{ origin, quantity: quantity(is - was), share: signedShare(share) }];
      }),
      index: indices[0] === undefined || indices[1] === undefined ? null : asNumber(indices[0] - indices[1]),
    },
  };
}

function priceDifferences(
  current: Figures,
  proposed: Figures,
  product: Product,
): PreviewDifference['prices'] {
  const was = new Map(current.quarters.map((entry) => [entry.quarter, entry]));
  const is = new Map(proposed.quarters.map((entry) => [entry.quarter, entry]));
  const range = (before: TickRange | undefined, after: TickRange | undefined) =>
    before === undefined || after === undefined
      ? null
      : {
          low: signedPrice(after.low - before.low, product),
          high: signedPrice(after.high - before.high, product),
        };
  return [...new Set([...was.keys(), ...is.keys()])].sort().map((quarter) => {
    const [before, after] = [was.get(quarter), is.get(quarter)];
    return {
      quarter,
      volume: signedQuantity((after?.lots ?? 0n) - (before?.lots ?? 0n), product),
      price: range(before?.price, after?.price),
      landedPrice: range(before?.landedPrice, after?.landedPrice),
    };
  });
}

/** Rounded as they are; nothing is derived from them any more. */
export const changeOf = ({ total, origins }: Change, product: Product): PreviewDifference['vanishing'] => ({
  contracts: total === undefined ? null : Number(total.contracts),
  quantity: total === undefined ? null : quantityOf(total.lots, product),
  withheld: total === undefined,
  origins: origins.map(({ origin, lots }) => ({ origin, quantity: quantityOf(lots, product) })),
});

const asNumber = (value: bigint | undefined): number | null => (value === undefined ? null : Number(value));

const largestFirst = <K extends string>(lots: ReadonlyMap<K, bigint>): [K, bigint][] =>
  [...lots]
    .filter(([, held]) => held > 0n)
    .sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1));

/** Keys of either, with the value before and after; those that differ, or all. */
const changed = <K extends string>(
  before: ReadonlyMap<K, bigint>,
  after: ReadonlyMap<K, bigint>,
  all = false,
): [K, bigint, bigint][] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((key): [K, bigint, bigint] => [key, before.get(key) ?? 0n, after.get(key) ?? 0n])
    .filter(([, was, is]) => all || was !== is);
