import type { Quarter } from '../kernel/quarter.ts';
import type { QuarterQuantity } from '../orders/delivery.ts';
import { priceOf, quantityOf } from '../pricing/product-terms.ts';
import type { Award } from './award.ts';
import { lotsFrom, type BidEntry, type OfferEntry } from './book.ts';
import { conditionReason, type ConditionReason } from './condition-reason.ts';
import { curesOfBid, curesOfOffer, type Cure } from './cures.ts';
import type { QuarterExplanation, WouldNeed } from './explanation.ts';
import type { Reasons } from './misses.ts';
import { publishedPrices, type PriceInterval } from './published.ts';
import type { ClearedMarket, ClearedQuarter, Setting } from './quarters.ts';
import { reasonsOf, type QuarterReasons } from './reasons.ts';
import { codeOf, detailOf, type BindingCause, type MarketCause } from './refusal.ts';
import { cureText, sentenceOf, type OrderSide, type QuarterFacts } from './sentence.ts';
import { attainable, type Check } from './standards-check.ts';
import { conditionWords, wordsOf } from './words.ts';

/** What a clearing says of one order. */
export interface OrderExplanation {
  readonly quarters: readonly QuarterExplanation[];
  /** All of it in one plain sentence. */
  readonly sentence: string;
}

type Order = Setting['snapshot']['offers'][number] | Setting['snapshot']['bids'][number];

/** Why each order of the snapshot was or was not filled, quarter by quarter, by order id. */
export function explain(
  setting: Setting,
  cleared: ClearedMarket,
  awards: readonly Award[],
): Map<string, OrderExplanation> {
  const { snapshot, book } = setting;
  const views = viewsOf(setting, cleared, awards);
  const paid = pricesPaid(awards);
  const siteOffers = Map.groupBy(book.offers, ({ order }) => order.site);
  const explained = (side: OrderSide, order: Order, entry: OfferEntry | BidEntry | undefined) => {
    const whole = order.remaining.map(({ quarter, quantity }) => {
      const view = views.get(quarter);
      const requested = lotsFrom(quantity, snapshot);
      const awarded = (entry && view?.awarded.get(entry)) ?? 0;
      const left = requested - awarded;
      const inBook = entry !== undefined && view !== undefined;
      const told = left === 0 || !inBook ? undefined : view.told.get(entry);
      // A certificate or a verification would let in whatever else the site offers.
      const sharesSite = 'site' in order && (siteOffers.get(order.site)?.length ?? 0) > 1;
      const nearMisses = oncePerCode(
        (told?.cures ?? []).flatMap((cure) => nearMissOf(setting, order, cure, sharesSite)),
      );
      const condition = left === 0 ? undefined : conditionReason(setting, cleared, order.id, quarter, entry);
      const causes = told?.binding ?? (['window_mismatch'] as const);
      const facts: QuarterFacts = {
        quarter,
        requested: BigInt(requested),
        awarded: BigInt(awarded),
        paid: paid.get(order.id)?.get(quarter),
        kept: left === 0 ? '' : keptWords(side, inBook, condition, causes),
        cure: nearMisses.map(({ wouldNeed }) => cureText(side, wouldNeed)).find((text) => text !== '') ?? '',
      };
      const explanation: QuarterExplanation = {
        quarter,
        requested: lots(requested),
        awarded: lots(awarded),
        remaining: lots(left),
        binding: left === 0 ? [] : bindingOf(condition, causes, order),
        nearMisses: nearMisses.map(({ code, wouldNeed }) => ({ code, quantity: lots(left), wouldNeed })),
        sentence: sentenceOf(side, snapshot.product, [facts]),
      };
      return { facts, explanation };
    });
    return {
      quarters: whole.map(({ explanation }) => explanation),
      sentence: sentenceOf(
        side,
        snapshot.product,
        whole.map(({ facts }) => facts),
      ),
    };
  };
  const lots = (count: number): QuarterQuantity['quantity'] => quantityOf(BigInt(count), snapshot.product);

  const offers = new Map(book.offers.map((entry) => [entry.order.id, entry]));
  const bids = new Map(book.bids.map((entry) => [entry.order.id, entry]));
  return new Map([
    ...snapshot.offers.map((order) => [order.id, explained('offer', order, offers.get(order.id))] as const),
    ...snapshot.bids.map((order) => [order.id, explained('bid', order, bids.get(order.id))] as const),
  ]);
}

/** Begun quarters and orders past their validity take no part. */
const wordsOutside = 'took no part, because the quarter had begun or the order was no longer valid';

const keptWords = (
  side: OrderSide,
  inBook: boolean,
  condition: ConditionReason | undefined,
  causes: readonly MarketCause[],
): string =>
  condition !== undefined
    ? conditionWords[condition.standing][condition.code][side]
    : inBook
      ? wordsOf[causes[0]!][side]
      : wordsOutside;

/** What is told of every member of a class that was not filled. */
interface Told {
  readonly binding: readonly MarketCause[];
  readonly cures: readonly Cure[];
}

/** What a cleared quarter says of single orders. */
interface QuarterView {
  readonly awarded: ReadonlyMap<OfferEntry | BidEntry, number>;
  readonly told: ReadonlyMap<OfferEntry | BidEntry, Told>;
}

/** Quarters that were solved once, and of which equal prices are public, are explained once. */
function viewsOf(
  setting: Setting,
  { quarters, bars }: ClearedMarket,
  awards: readonly Award[],
): Map<Quarter, QuarterView> {
  const published = publishedPrices(setting.snapshot, awards);
  const reasons = new Map<ClearedQuarter, QuarterReasons>();
  const known = new Map<QuarterReasons, Map<string, QuarterView>>();
  return new Map(
    setting.book.quarters.map((name, quarter) => {
      const cleared = quarters[quarter]!;
      const why = reasons.get(cleared) ?? reasonsOf(setting, bars, cleared, quarter);
      reasons.set(cleared, why);
      const prices = published.get(name);
      const key = prices === undefined ? '' : `${prices.low}:${prices.high}`;
      const ofReasons = known.get(why) ?? new Map<string, QuarterView>();
      known.set(why, ofReasons);
      const view = ofReasons.get(key) ?? viewOf(setting, cleared, why, prices);
      ofReasons.set(key, view);
      return [name, view];
    }),
  );
}

function viewOf(
  setting: Setting,
  { market, awards }: ClearedQuarter,
  reasons: QuarterReasons,
  prices: PriceInterval | undefined,
): QuarterView {
  const { facets } = setting;
  const awarded = new Map<OfferEntry | BidEntry, number>();
  for (const { offer, bid, lots } of awards)
    for (const entry of [offer, bid]) awarded.set(entry, (awarded.get(entry) ?? 0) + lots);
  const told = new Map<OfferEntry | BidEntry, Told>();
  const spread = (
    classes: readonly { readonly facet: number; readonly members: readonly (OfferEntry | BidEntry)[] }[],
    found: ReadonlyMap<number, Reasons>,
    curesOf: (facet: number, reasons: Reasons) => readonly Cure[],
  ): void => {
    for (const [index, why] of found) {
      const { facet, members } = classes[index]!;
      const each = { binding: why.binding, cures: curesOf(facet, why) };
      for (const entry of members) told.set(entry, each);
    }
  };
  spread(market.offers, reasons.offers, (facet, { misses }) =>
    curesOfOffer(setting, facets.offers[facet]!, misses, prices),
  );
  spread(market.bids, reasons.bids, (facet, { misses }) =>
    curesOfBid(setting, facets.bids[facet]!, misses, prices),
  );
  return { awarded, told };
}

/** What each order is paid (an offer) or pays landed (a bid) in each quarter, in ticks. */
function pricesPaid(awards: readonly Award[]): Map<string, Map<Quarter, { low: bigint; high: bigint }>> {
  const paid = new Map<string, Map<Quarter, { low: bigint; high: bigint }>>();
  for (const { offer, bid, schedule } of awards)
    for (const { quarter, price, landed } of schedule)
      for (const [order, ticks] of [
        [offer, price],
        [bid, landed],
      ] as const) {
        const ofOrder = paid.get(order) ?? new Map<Quarter, { low: bigint; high: bigint }>();
        paid.set(order, ofOrder);
        const { low, high } = ofOrder.get(quarter) ?? { low: ticks, high: ticks };
        ofOrder.set(quarter, { low: ticks < low ? ticks : low, high: ticks > high ? ticks : high });
      }
  return paid;
}

/** One entry for each code, though the engine tells some codes' causes apart. */
function bindingOf(
  condition: ConditionReason | undefined,
  causes: readonly MarketCause[],
  order: Order,
): QuarterExplanation['binding'] {
  if (condition !== undefined) return [{ code: condition.code, detail: condition.detail }];
  const byCode = Map.groupBy(causes, (cause) => codeOf(cause));
  return [...byCode].map(([code, alike]) => ({
    code,
    detail: alike
      .map((cause) => (cause === 'not_delivered' ? undelivered(order).detail : detailOf(code)))
      .join(' '),
  }));
}

type NearMiss = Pick<QuarterExplanation['nearMisses'][number], 'code' | 'wouldNeed'>;

/** Two causes of one code are one near miss: the one that more is told of. */
function oncePerCode(misses: readonly NearMiss[]): NearMiss[] {
  const toldOf = ({ wouldNeed }: NearMiss): number =>
    Object.keys(wouldNeed).length === 0 ? 0 : wouldNeed.certain === false ? 1 : 2;
  const byCode = Map.groupBy(misses, ({ code, wouldNeed }) => [code, ...(wouldNeed.also ?? [])].join());
  return [...byCode.values()].map((alike) => alike.reduce((a, b) => (toldOf(b) > toldOf(a) ? b : a)));
}

/** A cure as it is told; nothing where two reasons stood together and it is not certain. */
function nearMissOf(
  { snapshot, facets }: Setting,
  order: Order,
  cure: Cure,
  sharesSite: boolean,
): NearMiss[] {
  const { causes, checks, limit, ask, floor } = cure;
  const { product } = snapshot;
  const has = (cause: BindingCause): boolean => causes.includes(cause);
  const ofBid = 'destination' in order;
  const certified = causes.some((cause) => cause.startsWith('certificate_')) && checks.length > 0;
  const without = [
    ...(has('purity_too_low') ? (['minimumPurity'] as const) : []),
    ...(has('concentration_limit') ? (['maxOriginShare'] as const) : []),
    ...(certified && checks.every((check) => facets.privateChecks.has(check)) ? (['requires'] as const) : []),
  ];
  const need: WouldNeed = {
    ...(limit !== undefined && { limit: priceOf(limit, product) }),
    ...(ask !== undefined && { ask: priceOf(ask, product) }),
    ...(floor !== undefined && { floor: priceOf(floor, product) }),
    ...(certified && {
      certificates: checks.map((check) => needOf(snapshot, facets.evidence.checks[check]!)),
    }),
    ...(has('site_unverified') && { verifiedSite: true as const }),
    ...(has('not_delivered') && { delivery: undelivered(order).wouldNeed }),
    ...(ofBid && cure.origin >= 0 && { origins: [facets.origins[cure.origin]!] }),
    ...(ofBid && without.length > 0 && { without }),
  };
  const certain = cure.certain && !(!ofBid && sharesSite && (certified || has('site_unverified')));
  const [first, ...also] = causes.map((cause) => codeOf(cause));
  if (first === undefined || (also.length > 0 && !certain)) return [];
  const wouldNeed = {
    ...need,
    ...(also.length > 0 && { also }),
    ...(Object.keys(need).length > 0 && !certain && { certain: false as const }),
  };
  return [{ code: first, wouldNeed }];
}

/** What a check asks for: the alternatives that some certificate could satisfy, or all of them where none could. */
function needOf(
  { schemes, product }: Setting['snapshot'],
  check: Check,
): NonNullable<WouldNeed['certificates']>[number] {
  const { anyOf, minimumAssurance } = check;
  const possible = attainable(check, schemes, product);
  return {
    anyOf: possible.length > 0 ? possible : [...anyOf],
    ...(minimumAssurance !== undefined && { minimumAssurance }),
  };
}

/**
 * What a mismatch of destinations comes to, in words and of the order's own terms alone: a seller may read where its
 * offer delivers to, not where the bids are, and a buyer its bid's destination, not where the offers deliver to.
 */
function undelivered(order: Order): { readonly detail: string; readonly wouldNeed: string } {
  if ('destination' in order)
    return {
      detail: `There is supply, but it does not deliver to ${order.destination}.`,
      wouldNeed: `An offer that delivers to ${order.destination}.`,
    };
  const served = (order.destinations ?? []).join(', ');
  return {
    detail: `The offer does not deliver to where there is demand: it delivers to ${served} only.`,
    wouldNeed: `Delivery to more destinations than ${served}.`,
  };
}
