import type { ContractTerms } from '../../contracts/chain.ts';
import type { WaterfallPart } from '../../contracts/contract.ts';
import { waterfallParts } from '../../contracts/contract.ts';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import { idPrefixes } from '../../kernel/ids.ts';
import { moneyOf } from '../../kernel/money.ts';
import { amountOfTicks, minorUnitsOf, priceOf, quantityOf } from '../../pricing/product-terms.ts';
import { isStockLot } from '../../orders/offer.ts';
import type { Product } from '../../reference/product.ts';
import type { Award, AwardedQuarter } from '../awards/award.ts';
import type { BookOffer, Snapshot } from '../snapshot.ts';
import { indexedTerms } from './indexed-terms.ts';

/** An award as far as a contract follows from it: of the certificates relied on, only what it names. */
export type AwardTerms = Omit<Award, 'certificates'> & {
  readonly certificates: readonly Pick<
    Award['certificates'][number],
    'id' | 'scheme' | 'level' | 'validTo'
  >[];
};

/**
 * A contract's id follows from what it is a contract of (`part`: the pool's member or the programme, where there is one):
 * whoever records it again records the same one.
 */
export const contractId = (
  product: string,
  run: number,
  offer: string,
  bid: string,
  ...part: readonly string[]
): string =>
  `${idPrefixes.contract}_${sha256(canonicalJson([product, run, offer, bid, ...part])).slice(0, 32)}`;

/**
 * The contracts that a run's awards become. They are concluded as of gate closure, the instant whose floors and rules
 * govern them, so that the same snapshot gives the same contracts whoever records them, and when. `saltOf` gives the
 * secret of a contract, by its id: the same one each time.
 */
export function contractsOf(
  snapshot: Snapshot,
  run: number,
  awards: readonly AwardTerms[],
  organisationOf: (party: string) => string,
  saltOf?: (contract: string) => string,
): ContractTerms[] {
  const { product } = snapshot;
  const sellers = new Map(snapshot.offers.map((offer) => [offer.id, organisationOf(offer.party)]));
  // A pool's bid has as many buyers as members; its own party, the runner, buys nothing under it.
  const buyers = new Map(
    [...snapshot.bids, ...(snapshot.members ?? [])].map(({ id, party }) => [id, organisationOf(party)]),
  );
  const offers = new Map(snapshot.offers.map((offer) => [offer.id, offer]));
  const priceTermsOf = indexedTerms(snapshot);
  const idOf = ({ offer, bid, member, programme }: AwardTerms): string =>
    contractId(product.id, run, offer, bid, ...[member, programme].filter((part) => part !== undefined));
  return awards.map((award) => ({
    id: idOf(award),
    clearing: snapshot.clearing,
    offer: award.offer,
    bid: award.bid,
    ...(award.member === undefined ? {} : { member: award.member }),
    ...(award.programme === undefined ? {} : { programme: award.programme }),
    product: product.id,
    seller: known(sellers, award.offer),
    buyer: known(buyers, award.member ?? award.bid),
    ...(isStockLot(award.site) ? { stockLot: award.site } : { site: award.site }),
    origin: award.origin,
    destination: award.destination,
    schedule: award.schedule.map((entry) => scheduleEntry(entry, product)),
    totals: partsOf((part) => moneyOf(totalOf(award.schedule, part, product), product.currency)),
    floor: award.floor
      ? { id: award.floor.id, version: award.floor.version, price: award.floor.price }
      : null,
    ...priceTermsOf(award),
    ...conditionalOf(offers.get(award.offer)),
    standards: award.standards.map(({ id, version }) => ({ id, version })),
    certificates: award.certificates.map(({ id, scheme, level, validTo }) => ({
      ...{ id, scheme, validTo },
      level: level ?? null,
    })),
    standardTerms: snapshot.standardTerms ?? null,
    status: 'concluded',
    concludedAt: snapshot.gateClosure,
    ...(saltOf === undefined ? {} : { salt: saltOf(idOf(award)) }),
  }));
}

/** What the seller must bring about before the contract binds. */
const conditionalOf = (offer: BookOffer | undefined): Pick<ContractTerms, 'conditional'> =>
  offer?.conditionsPrecedent === undefined || offer.longstop === undefined
    ? {}
    : {
        conditional: {
          conditions: offer.conditionsPrecedent.map((each) => ({ ...each, id: `offer.${each.id}` })),
          longstop: offer.longstop,
        },
      };

const scheduleEntry = (entry: AwardedQuarter, product: Product): ContractTerms['schedule'][number] => ({
  quarter: entry.quarter,
  quantity: quantityOf(entry.lots, product),
  price: priceOf(entry.price, product),
  landedPrice: priceOf(entry.landed, product),
  waterfall: partsOf((part) => amountOfTicks(entry.waterfall[part], product)),
  interval: { low: priceOf(entry.interval.low, product), high: priceOf(entry.interval.high, product) },
});

/** Exact minor units of one part over all quarters. */
export const totalOf = (
  schedule: readonly Pick<AwardedQuarter, 'lots' | 'waterfall'>[],
  part: WaterfallPart,
  product: Product,
): bigint =>
  schedule.reduce((sum, { lots, waterfall }) => sum + minorUnitsOf(waterfall[part], lots, product), 0n);

function partsOf<T>(of: (part: WaterfallPart) => T): Record<WaterfallPart, T> {
  return Object.fromEntries(waterfallParts.map((part) => [part, of(part)])) as Record<WaterfallPart, T>;
}

function known(parties: ReadonlyMap<string, string>, order: string): string {
  const organisation = parties.get(order);
  if (organisation === undefined) throw new Error(`an award of ${order}, which is not in the snapshot`);
  return organisation;
}
