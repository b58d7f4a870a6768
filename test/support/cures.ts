import * as z from 'zod';
import type { WouldNeed } from '../../shared/clearing/explanation.ts';
import { wouldNeedSchema } from '../../shared/clearing/explanation.ts';
import { omit } from './omit.ts';
import type { SnapshotJson } from '../../shared/clearing/snapshot.ts';

type Need = z.input<typeof wouldNeedSchema>;
type OfferJson = SnapshotJson['offers'][number];
type BidJson = SnapshotJson['bids'][number];

/** The market in which what an explanation says would have been enough has come to pass, and nothing else has changed. */
export function curedMarket(market: SnapshotJson, order: string, wouldNeed: WouldNeed): SnapshotJson {
  const need = z.encode(wouldNeedSchema, wouldNeed);
  const offer = market.offers.find(({ id }) => id === order);
  if (offer !== undefined) return withSupply(market, offer, need, { ...offer, ...askOf(need) });
  return { ...market, bids: market.bids.map((bid) => (bid.id === order ? changedBid(bid, need) : bid)) };
}

const askOf = ({ ask }: Need): Partial<OfferJson> => (ask === undefined ? {} : { price: ask });

function changedBid(bid: BidJson, { limit, floor, origins, without = [] }: Need): BidJson {
  const excluded = bid.excludedOrigins?.filter((origin) => origins?.includes(origin) !== true) ?? [];
  return {
    ...(omit(bid, 'excludedOrigins', ...without) as BidJson),
    price: limit ?? floor ?? bid.price,
    ...(excluded.length > 0 && { excludedOrigins: excluded }),
  };
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
