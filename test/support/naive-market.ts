import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import type { Decimal } from '../../shared/kernel/decimal.ts';
import { networkOf, type NetworkSpec, type PairSpec } from './networks.ts';

/** Cents of an amount that has at most two digits. */
const cents = ({ units, scale }: Decimal): number => Number(units * 10n ** BigInt(2 - scale));
const fraction = ({ units, scale }: Decimal): number => Number(units) / 10 ** scale;
const lotsIn = (list: Snapshot['offers'][number]['remaining'], quarter: string): number => {
  const found = list.find((entry) => entry.quarter === quarter);
  return found === undefined ? 0 : Number(found.quantity.amount.units);
};

/** Of one kind, of one reference that has a price of the day, and with a cap that both and the floor can live with. */
function termsAgree(
  snapshot: Snapshot,
  offer: Snapshot['offers'][number],
  bid: Snapshot['bids'][number],
  floor: number,
): boolean {
  const [sold, bought] = [offer.priceTerms, bid.priceTerms];
  if (sold?.kind !== 'indexed' || bought?.kind !== 'indexed')
    return (sold?.kind ?? 'fixed') === (bought?.kind ?? 'fixed');
  const reference = snapshot.references?.find(({ id }) => id === sold.reference);
  if (sold.reference !== bought.reference || reference?.status !== 'available') return false;
  if (sold.cap === undefined) return bought.cap === undefined;
  const cap = cents(sold.cap.amount);
  return cap >= floor && (bought.cap === undefined || cap <= cents(bought.cap.amount));
}

/**
 * One quarter's market order by order, straight from the rules, slowly and without classes: what the engine's
 * tables must agree with. For products in kilograms at cents; no covenants, no purities.
 */
export function naiveQuarter(snapshot: Snapshot, quarter: string) {
  const offers = snapshot.offers.filter((offer) => lotsIn(offer.remaining, quarter) > 0);
  const bids = snapshot.bids.filter((bid) => lotsIn(bid.remaining, quarter) > 0);
  const caps: { bid: number; lots: number }[] = [];
  const capOf = new Map<string, number>();
  const pairs: PairSpec[] = [];
  const first = `${quarter.slice(0, 4)}-${{ Q1: '01', Q2: '04', Q3: '07', Q4: '10' }[quarter.slice(5)]!}-01`;
  for (const [i, offer] of offers.entries())
    for (const [j, bid] of bids.entries()) {
      const site = snapshot.sites.find(({ id }) => id === offer.site)!;
      const zone = snapshot.zones.find(({ members }) => members.includes(bid.destination ?? ''));
      const floor = snapshot.floors.find((each) => each.zone === zone?.id);
      const inside = zone?.members.includes(site.country) ?? false;
      const rate = (floor?.duties ?? []).find(({ origin }) => origin === site.country)?.rate;
      const withDuty = (price: number): number =>
        price + Math.ceil(Number((price * (rate === undefined ? 0 : fraction(rate))).toFixed(6)));
      const equivalent = zone?.equivalentOrigins?.some(({ origin }) => origin === site.country) ?? false;
      const ask = cents(offer.price.amount);
      const floorPrice = floor === undefined ? 0 : cents(floor.price.amount);
      const hard = floor !== undefined && (inside || (floor.borderAdjusted && equivalent));
      const levied = floor?.borderAdjusted === true && !hard;
      const landed = hard
        ? withDuty(Math.max(ask, floorPrice))
        : levied
          ? Math.max(withDuty(ask), floorPrice)
          : withDuty(ask);
      const weight = cents(bid.price.amount) - landed;
      const needed = [
        ...snapshot.standards
          .filter((rule) => rule.zone === zone?.id)
          .flatMap((rule) => rule.topics.map((topic) => topic.anyOf)),
        ...(bid.requires ?? []).map((requirement) => [requirement]),
      ];
      const certified = needed.every((anyOf) =>
        anyOf.some(({ scheme, level }) =>
          snapshot.certificates.some(
            (certificate) =>
              certificate.site === site.id &&
              certificate.scheme === scheme &&
              certificate.status === 'active' &&
              Number(certificate.level) >= Number(level ?? 0) &&
              certificate.validFrom <= first &&
              first <= certificate.validTo,
          ),
        ),
      );
      const refused =
        weight < 0 ||
        !termsAgree(snapshot, offer, bid, hard ? floorPrice : 0) ||
        !certified ||
        offer.group === bid.group ||
        zone?.barredOrigins?.includes(site.country) === true ||
        bid.excludedOrigins?.includes(site.country) === true ||
        offer.destinations?.includes(bid.destination ?? '') === false ||
        (snapshot.product.floorRequired === true && zone !== undefined && floor === undefined);
      if (refused) continue;
      if (bid.maxOriginShare === undefined) {
        pairs.push({ offer: i, bid: j, weight, inside });
        continue;
      }
      const used = bid.contractedByOrigin
        .filter((entry) => entry.origin === site.country && entry.quarter === quarter)
        .reduce((sum, entry) => sum + Number(entry.quantity.amount.units), 0);
      const share = Number((lotsIn(bid.requested, quarter) * fraction(bid.maxOriginShare)).toFixed(6));
      const room = Math.floor(share) - used;
      if (room < 1) continue;
      const key = `${j}:${site.country}`;
      const cap = capOf.get(key) ?? caps.push({ bid: j, lots: room }) - 1;
      capOf.set(key, cap);
      pairs.push({ offer: i, bid: j, cap, weight, inside });
    }
  const spec: NetworkSpec = {
    supply: offers.map((offer) => lotsIn(offer.remaining, quarter)),
    demand: bids.map((bid) => lotsIn(bid.remaining, quarter)),
    caps,
    pairs,
  };
  return { offers, bids, network: networkOf(spec) };
}
