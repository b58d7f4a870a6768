import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import { moneyOf } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { priceOf, quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { AwardedQuarter } from '../awards/award.ts';
import type { AwardTerms } from './conclude.ts';
import { totalOf } from './conclude.ts';
import type { ClearedQuarter, ClearingOutcome, MarketFigures, Trade } from './record.ts';
import { depthOf } from './depth.ts';
import { countedPart, countedZones } from './headroom.ts';
import type { Told } from './judge-run.ts';
import { tradeReveals } from './market-view.ts';
import type { Snapshot } from '../snapshot.ts';

/** What the engine decided, as far as the record of the clearing needs it. */
export interface Decided {
  readonly awards: readonly AwardTerms[];
  readonly quarters: readonly {
    readonly quarter: Quarter;
    readonly optimality: NonNullable<ClearedQuarter['optimality']>;
  }[];
  readonly inputDigest: string;
}

/** One award's quarter, with the groups of related parties that trade there. */
interface Lot extends AwardedQuarter {
  readonly origin: string;
  readonly destination: string;
  readonly seller: string;
  readonly buyer: string;
}

/** The clearing as its record shows it; `heads` are the first hashes of its contracts' chains of events. */
export function outcomeOf(snapshot: Snapshot, decided: Decided, heads: readonly string[]): ClearingOutcome {
  const { product } = snapshot;
  const traded = Map.groupBy(lotsOf(snapshot, decided.awards), (lot) => lot.quarter);
  const proven = new Map(decided.quarters.map(({ quarter, optimality }) => [quarter, optimality]));
  const quarters = [...new Set([...proven.keys(), ...traded.keys()])].sort();
  return {
    contracts: heads.length,
    quarters: quarters.map((quarter) =>
      clearedQuarter(quarter, traded.get(quarter) ?? [], proven.get(quarter) ?? null, product),
    ),
    floors: snapshot.floors.map(({ id, version, zone, price, borderAdjusted }) => ({
      ...{ id, version, zone, price, borderAdjusted },
    })),
    standards: snapshot.standards.map(({ id, version, zone }) => ({ id, version, zone })),
    levyTotal: total(decided.awards, 'levy', product),
    supportTotal: total(decided.awards, 'support', product),
    inputDigest: decided.inputDigest,
    contractsDigest: sha256(canonicalJson(heads.toSorted())),
  };
}

/**
 * What the market's public view is made from: sums, and how concentrated each is; `told` is which of them hide everybody
 * beside all that earlier runs have shown.
 */
export function marketFigures(snapshot: Snapshot, awards: readonly AwardTerms[], told?: Told): MarketFigures {
  const { product } = snapshot;
  const lots = lotsOf(snapshot, awards);
  const judged = (isTold: (of: Told) => boolean) => (told === undefined ? {} : { told: isTold(told) });
  const volumesTold = (of: Told): boolean => lots.every(({ quarter }) => of.volumes.has(quarter));
  return {
    depth: depthOf(snapshot, awards).map(({ quarter, supply, demand }) => ({
      quarter,
      supply: { ...supply, ...judged((of) => of.supply.has(quarter)) },
      demand: { ...demand, ...judged((of) => of.demand.has(quarter)) },
    })),
    quarters: tradesByQuarter(lots).map(({ low, high, ...trade }) => ({
      ...trade,
      landedPrice: pricesOf({ low, high }, product),
      ...judged((of) => of.volumes.has(trade.quarter)),
    })),
    total: lots.length === 0 ? null : { ...tradeOf(lots), ...judged(volumesTold) },
    origins: sorted(Map.groupBy(lots, (lot) => lot.origin)).map(([origin, group]) => ({
      origin,
      ...tradeOf(group),
      ...judged((of) => of.origins),
    })),
    counted: {
      zones: countedZones(snapshot.zones),
      // All of it or nothing: what one quarter keeps back must not follow from the others and the run's sums. Nor may
      // a volume that is withheld: it is what the counts grow by.
      hides:
        (told === undefined || volumesTold(told)) &&
        [...Map.groupBy(lots, (lot) => `${lot.quarter}|${countedPart(snapshot.zones, lot)}`).values()].every(
          (part) => !tradeReveals(tradeOf(part)),
        ),
    },
  };
}

/** What traded in a quarter: how much and how concentrated, and the landed prices paid, in ticks. */
export interface QuarterTrade extends Trade {
  readonly quarter: Quarter;
  readonly low: bigint;
  readonly high: bigint;
}

/** What the awards come to, by quarter. */
export const quarterTrades = (snapshot: Snapshot, awards: readonly AwardTerms[]): QuarterTrade[] =>
  tradesByQuarter(lotsOf(snapshot, awards));

const tradesByQuarter = (lots: readonly Lot[]): QuarterTrade[] =>
  sorted(Map.groupBy(lots, (lot) => lot.quarter)).map(([quarter, group]) => ({
    quarter,
    ...tradeOf(group),
    ...landedRange(group),
  }));

const sorted = <T>(groups: Map<string, T>): [string, T][] => [...groups].sort(([a], [b]) => (a < b ? -1 : 1));

function lotsOf(snapshot: Snapshot, awards: readonly AwardTerms[]): Lot[] {
  const groups = new Map(
    [...snapshot.offers, ...snapshot.bids, ...(snapshot.members ?? [])].map((order) => [
      order.id,
      order.group,
    ]),
  );
  return awards.flatMap(({ offer, bid, member = bid, origin, destination, schedule }) =>
    schedule.map((entry) => ({
      ...entry,
      origin,
      destination,
      seller: groups.get(offer) ?? offer,
      buyer: groups.get(member) ?? member,
    })),
  );
}

const clearedQuarter = (
  quarter: Quarter,
  lots: readonly Lot[],
  optimality: ClearedQuarter['optimality'],
  product: Product,
): ClearedQuarter => ({
  quarter,
  volume: quantityOf(sumOf(lots), product),
  landedPrice: lots.length === 0 ? null : pricesOf(landedRange(lots), product),
  optimality,
});

/** Of what traded, that whose price the market made: what no programme supports, unless one supports all. */
export function pricedByMarket<T extends { readonly waterfall: { readonly support: bigint } }>(
  traded: readonly T[],
): readonly T[] {
  const unsupported = traded.filter(({ waterfall }) => waterfall.support === 0n);
  return unsupported.length > 0 ? unsupported : traded;
}

/** The lowest and the highest landed price of some lots. */
function landedRange(lots: readonly Lot[]): { low: bigint; high: bigint } {
  const landed = pricedByMarket(lots).map((lot) => lot.landed);
  return {
    low: landed.reduce((least, ticks) => (ticks < least ? ticks : least)),
    high: landed.reduce((most, ticks) => (ticks > most ? ticks : most)),
  };
}

const pricesOf = ({ low, high }: { low: bigint; high: bigint }, product: Product) => ({
  low: priceOf(low, product),
  high: priceOf(high, product),
});

const sumOf = (lots: readonly Lot[]): bigint => lots.reduce((sum, lot) => sum + lot.lots, 0n);

const tradeOf = (lots: readonly Lot[]): Trade => ({
  lots: sumOf(lots),
  sellers: concentrationOf(lots, (lot) => lot.seller),
  buyers: concentrationOf(lots, (lot) => lot.buyer),
});

function concentrationOf(lots: readonly Lot[], partyOf: (lot: Lot) => string): Trade['sellers'] {
  const byParty = [...Map.groupBy(lots, partyOf).values()].map(sumOf);
  return {
    parties: byParty.length,
    topLots: byParty.reduce((most, held) => (held > most ? held : most), 0n),
  };
}

const total = (awards: readonly AwardTerms[], part: 'levy' | 'support', product: Product) =>
  moneyOf(
    awards.reduce((sum, { schedule }) => sum + totalOf(schedule, part, product), 0n),
    product.currency,
  );
