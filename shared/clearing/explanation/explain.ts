import type { Quarter } from '../../kernel/quarter.ts';
import type { QuarterQuantity } from '../../orders/delivery.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Award } from '../awards/award.ts';
import { lotsFrom, type BidEntry, type OfferEntry } from '../book.ts';
import { conditionReason, type ConditionReason } from './condition-reason.ts';
import type { QuarterExplanation } from './explanation.ts';
import { nearMissOf, oncePerCode, undelivered, type Order } from './near-miss.ts';
import type { Told } from '../documents/judge-run.ts';
import { publishedDepth } from '../documents/published.ts';
import type { ClearedMarket, Setting } from '../quarters.ts';
import { settled } from './questions.ts';
import { viewsOf } from './quarter-view.ts';
import { codeOf, detailOf, type MarketCause } from '../eligibility/refusal.ts';
import { Retrials } from './retrials.ts';
import { cureText, sentenceOf, type OrderSide, type QuarterFacts } from './sentence.ts';
import { conditionWords, wordsOf } from './words.ts';

/** What a clearing says of one order. */
export interface OrderExplanation {
  readonly quarters: readonly QuarterExplanation[];
  /** All of it in one plain sentence. */
  readonly sentence: string;
}

/**
 * Why each order of the snapshot was or was not filled, quarter by quarter, by order id.
 *
 * @param told where given, what the market's public view shows beside all that earlier runs have shown.
 */
export function explain(
  setting: Setting,
  cleared: ClearedMarket,
  awards: readonly Award[],
  told?: Told,
): Map<string, OrderExplanation> {
  const { snapshot, book } = setting;
  const views = viewsOf(setting, cleared, awards);
  const paid = pricesPaid(awards);
  const supported = supportedLots(awards);
  const depth = publishedDepth(snapshot, awards, told);
  const retrials = new Retrials(setting, cleared);
  const siteOffers = Map.groupBy(book.offers, ({ order }) => order.site);
  const explained = (side: OrderSide, order: Order, entry: OfferEntry | BidEntry | undefined) => {
    const whole = order.remaining.map(({ quarter, quantity }) => {
      const view = views.get(quarter);
      const requested = lotsFrom(quantity, snapshot);
      const inMarket = (entry && view?.awarded.get(entry)) ?? 0;
      const awarded = inMarket + (supported.get(`${order.id} ${quarter}`) ?? 0);
      const left = requested - awarded;
      const inBook = entry !== undefined && view !== undefined;
      const told = left === 0 || !inBook ? undefined : view.told.get(entry);
      // A certificate or a verification would let in whatever else the site offers.
      const sharesSite = 'site' in order && (siteOffers.get(order.site)?.length ?? 0) > 1;
      const condition =
        left === 0
          ? undefined
          : (conditionReason(setting, cleared, order.id, quarter, entry) ??
            (inBook && told === undefined && 'pool' in order ? membersOut : undefined));
      const missed = oncePerCode(
        (told?.cures ?? []).flatMap((cure) => nearMissOf(setting, order, cure, sharesSite)),
      );
      const nearMisses =
        left === 0 || !inBook || 'pool' in order
          ? missed
          : settled(setting, retrials, depth, { order, quarter, awarded: inMarket, condition, told }, missed);
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

  const entries = new Map<string, OfferEntry | BidEntry>(
    [...book.offers, ...book.bids].map((entry) => [entry.order.id, entry]),
  );
  const ranked = [
    ...snapshot.offers.map((order) => ({ order, side: 'offer' as const })),
    ...snapshot.bids.map((order) => ({ order, side: 'bid' as const })),
  ].map((each) => ({ ...each, entry: entries.get(each.order.id) }));
  // What clearing again may cost goes by rank: no id is lucky twice.
  const keyOf = ({ entry, order }: (typeof ranked)[number]): string => entry?.rank ?? `~${order.id}`;
  ranked.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return new Map(ranked.map(({ side, order, entry }) => [order.id, explained(side, order, entry)]));
}

/** A pool's bid that has all its members asked for who took part. */
const membersOut: ConditionReason = {
  code: 'minimum_lot',
  standing: 'rejected',
  detail:
    "The rest was asked for by members who took no part: their share would have been below their minimum, or their destination is not one in which the rules of the pool's zone decide.",
};

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

/** Lots that programmes support, by order and quarter. */
function supportedLots(awards: readonly Award[]): Map<string, number> {
  const supported = new Map<string, number>();
  for (const { offer, bid, programme, schedule } of awards) {
    if (programme === undefined) continue;
    for (const { quarter, lots } of schedule)
      for (const order of [offer, bid]) {
        const key = `${order} ${quarter}`;
        supported.set(key, (supported.get(key) ?? 0) + Number(lots));
      }
  }
  return supported;
}

/** What each order is paid (an offer) or pays landed less support (a bid) in each quarter, in ticks. */
function pricesPaid(awards: readonly Award[]): Map<string, Map<Quarter, { low: bigint; high: bigint }>> {
  const paid = new Map<string, Map<Quarter, { low: bigint; high: bigint }>>();
  for (const { offer, bid, schedule } of awards)
    for (const { quarter, price, landed, waterfall } of schedule)
      for (const [order, ticks] of [
        [offer, price],
        [bid, landed - waterfall.support],
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
