import * as z from 'zod';
import type { WouldNeed } from '../../shared/clearing/explanation/explanation.ts';
import { wouldNeedSchema } from '../../shared/clearing/explanation/explanation.ts';
import { kg } from './market.ts';
import { omit } from './omit.ts';
import type { SnapshotJson } from '../../shared/clearing/snapshot.ts';

type Need = z.input<typeof wouldNeedSchema>;
type OfferJson = SnapshotJson['offers'][number];
type BidJson = SnapshotJson['bids'][number];

/** The market in which what an explanation says would have been enough has come to pass, and nothing else has changed. */
export function curedMarket(
  market: SnapshotJson,
  order: string,
  quarter: string,
  wouldNeed: WouldNeed,
): SnapshotJson {
  const need = z.encode(wouldNeedSchema, wouldNeed);
  const offer = market.offers.find(({ id }) => id === order);
  if (offer !== undefined) return withSupply(market, offer, need, changedOffer(offer, quarter, need));
  return {
    ...market,
    bids: market.bids.map((bid) => (bid.id === order ? changedBid(bid, quarter, need) : bid)),
  };
}

const changedOffer = (offer: OfferJson, quarter: string, need: Need): OfferJson => ({
  ...(omit(offer, ...(need.without ?? [])) as OfferJson),
  price: need.ask ?? offer.price,
  remaining: rescheduled(offer.remaining, quarter, need),
});

function changedBid(bid: BidJson, quarter: string, need: Need): BidJson {
  const { limit, floor, origins = [], without = [], levels = [] } = need;
  const excluded = bid.excludedOrigins?.filter((origin) => !origins.includes(origin)) ?? [];
  const requires = bid.requires?.map((each) => levels.find(({ scheme }) => scheme === each.scheme) ?? each);
  const changed = {
    ...(omit(bid, 'excludedOrigins', 'requires') as BidJson),
    price: limit ?? floor ?? bid.price,
    remaining: rescheduled(bid.remaining, quarter, need),
    requested: rescheduled(bid.requested, quarter, need),
    ...(excluded.length > 0 && { excludedOrigins: excluded }),
    ...(requires !== undefined && { requires }),
  };
  return omit(changed, ...without) as BidJson;
}

/** In whole kilograms, as the test's markets are. */
function rescheduled(list: BidJson['remaining'], quarter: string, { quantity, quarters = [] }: Need) {
  const asked = new Map(list.map((entry) => [entry.quarter, Number(entry.quantity.amount)]));
  if (quantity !== undefined) asked.set(quarter, Number(quantity.amount));
  const [other] = quarters;
  if (other !== undefined) {
    asked.set(other, (asked.get(other) ?? 0) + (asked.get(quarter) ?? 0));
    asked.delete(quarter);
  }
  return [...asked].map(([name, amount]) => ({ quarter: name, quantity: kg(String(amount)) }));
}

function withSupply(
  market: SnapshotJson,
  { id, site }: OfferJson,
  { certificates, verifiedSite, delivery }: Need,
  changed: OfferJson,
): SnapshotJson {
  const everywhere = omit(changed, 'destinations') as OfferJson;
  return {
    ...market,
    offers: market.offers.map((offer) =>
      offer.id !== id ? offer : delivery === undefined ? changed : everywhere,
    ),
    sites: market.sites.map((each) =>
      each.id === site && verifiedSite === true ? { ...each, verified: true } : each,
    ),
    certificates: [
      ...market.certificates,
      ...(certificates ?? []).map(({ anyOf: [first] }, index) => ({
        id: `crt_cure${index}`.padEnd(24, '0'),
        site,
        scheme: first!.scheme,
        ...(first!.level !== undefined && { level: first!.level }),
        validFrom: '2020-01-01',
        validTo: '2049-12-31',
        status: 'active' as const,
        version: 1,
        recordedAt: '2026-01-01T00:00:00.000Z',
      })),
    ],
  };
}
