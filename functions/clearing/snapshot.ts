import type {
  BookBid,
  BookMember,
  BookOffer,
  OriginUse,
  Snapshot,
  SnapshotProgramme,
  SnapshotReference,
} from '../../shared/clearing/snapshot.ts';
import { bookBidSchema, bookOfferSchema } from '../../shared/clearing/snapshot.ts';
import { isCounted } from '../../shared/clearing/eligibility/zone-caps.ts';
import { hasBegun } from '../../shared/kernel/quarter.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import type { Bid } from '../../shared/orders/bid.ts';
import { quarterQuantities } from '../../shared/orders/delivery.ts';
import type { Offer } from '../../shared/orders/offer.ts';
import { sourceOf } from '../../shared/orders/offer.ts';
import type { Product } from '../../shared/reference/product.ts';
import { contractedOf, memberTermsOf } from '../../shared/store/orders/member-entry.ts';
import { readBid, readOffer, readOrderState } from '../../shared/store/orders/order-item.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { ReferenceReader } from './dependencies.ts';
import type { Parties } from './tokens.ts';
import { tokenOf } from './tokens.ts';

type Configuration = Awaited<ReturnType<ReferenceReader['configuration']>>;
type SiteRecord = Awaited<ReturnType<ReferenceReader['site']>>;

/** All that a snapshot is made of; nothing is read any more. */
export interface SnapshotParts {
  readonly clearing: string;
  readonly gateClosure: string;
  readonly salt: string;
  /** Order items as locked. */
  readonly locked: readonly Item[];
  readonly configuration: Configuration;
  /** All of the market. */
  readonly originUse: readonly OriginUse[];
  /** What is counted stays in even where no cap counts it yet: a preview may propose one. */
  readonly capsMayChange?: boolean;
  readonly references: readonly SnapshotReference[];
  /** Of the market, in the order in which they are served. */
  readonly programmes: readonly SnapshotProgramme[];
  readonly sites: readonly SiteRecord[];
  /** By organisation. */
  readonly groups: ReadonlyMap<string, string>;
}

/** The snapshot that the engine clears, and the key to its tokens. */
export function snapshotOf(parts: SnapshotParts): { snapshot: Snapshot; parties: Parties } {
  const { clearing, gateClosure, salt, locked, configuration, references, sites } = parts;
  const { product, zones, consumption, floors, standards, schemes, standardTerms } = configuration;
  const parties = new Map<string, string>();
  const groups = new Map<string, string>();
  const partyOf = (organisation: string) => {
    const party = tokenOf(salt, 'organisation', organisation);
    const group = parts.groups.get(organisation) ?? organisation;
    parties.set(party, organisation);
    groups.set(organisation, group);
    return { party, group: tokenOf(salt, 'group', group) };
  };
  const members = locked.flatMap((item) => membersOf(item, product, partyOf));
  const ofType = (type: string) => locked.filter((item) => item['type'] === type);
  const snapshot: Snapshot = {
    format: 'lodestone-snapshot-1',
    clearing,
    gateClosure,
    product,
    zones: byId(zones),
    consumption: sorted(consumption, ({ zone, product: of }) => `${zone}|${of}`),
    originUse: countedUse(parts),
    floors: byId(floors),
    standards: byId(standards),
    schemes: byId(schemes),
    ...(references.length === 0 ? {} : { references: byId(references) }),
    ...(standardTerms === undefined ? {} : { standardTerms }),
    sites: byId(sites.map(({ site }) => site)),
    // Lots of one site rely on one certificate each for itself.
    certificates: sorted(
      sites.flatMap(({ certificates }) => certificates),
      ({ id, site }) => `${id}|${site}`,
    ),
    offers: byId(
      ofType('offer').map((item) => {
        const offer = readOffer(item, product);
        return bookOffer(offer, partyOf(offer.seller));
      }),
    ),
    bids: byId(
      ofType('bid').map((item) => {
        const bid = readBid(item, product);
        return bookBid(bid, item, product, partyOf(bid.buyer));
      }),
    ),
    ...(members.length === 0 ? {} : { members: byId(members) }),
    ...(parts.programmes.length === 0 ? {} : { programmes: [...parts.programmes] }),
  };
  return {
    snapshot,
    parties: {
      ...{ format: 'lodestone-parties-1', clearing, salt },
      ...{ parties: Object.fromEntries(parties), groups: Object.fromEntries(groups) },
    },
  };
}

/** Of what earlier contracts deliver, that which a cap counts in a quarter that can still clear. */
function countedUse(parts: SnapshotParts): OriginUse[] {
  const { originUse, configuration, gateClosure, capsMayChange = false } = parts;
  const isWanted = ({ origin, destination }: OriginUse): boolean =>
    capsMayChange || configuration.zones.some((zone) => isCounted(zone, origin, destination));
  const counted = originUse.filter((use) => !hasBegun(use.quarter, dateOf(gateClosure)) && isWanted(use));
  return sorted(counted, ({ quarter, origin, destination }) => `${quarter}|${origin}|${destination}`);
}

interface PartyTokens {
  readonly party: string;
  readonly group: string;
}

const bookOffer = (offer: Offer, tokens: PartyTokens): BookOffer =>
  ({ ...pick(offer, bookOfferSchema.shape), site: sourceOf(offer), ...tokens }) as BookOffer;

const bookBid = (bid: Bid, item: Item, product: Product, tokens: PartyTokens): BookBid =>
  ({
    ...pick(bid, bookBidSchema.shape),
    ...tokens,
    requested: quarterQuantities(
      new Map(Object.entries(readOrderState(item).requested).sort(([a], [b]) => (a < b ? -1 : 1))),
      product,
    ),
  }) as BookBid;

/** The members of a pool's bid that have anything left to ask for. */
function membersOf(
  item: Item,
  product: Product,
  partyOf: (organisation: string) => PartyTokens,
): BookMember[] {
  const bid = String(item['pk']).slice('ORDER#'.length);
  const quantities = (lots: Readonly<Record<string, bigint>>) =>
    quarterQuantities(new Map(Object.entries(lots).sort(([a], [b]) => (a < b ? -1 : 1))), product);
  return Object.entries(readOrderState(item).members ?? {})
    .filter(([, { state }]) => Object.values(state.remaining).some((lots) => lots > 0n))
    .map(([id, member]) => {
      const { destination, minimum } = memberTermsOf(member);
      return {
        ...{ id, bid, destination, version: member.state.version },
        ...(minimum === undefined ? {} : { minimum }),
        remaining: quantities(member.state.remaining),
        contracted: quantities(contractedOf(member)),
        ...partyOf(member.organisation),
      };
    });
}

/** Whose groups of related parties matter: the organisations that sell or buy under an order. */
export function organisationsOf(item: Item): string[] {
  if (item['type'] === 'offer') return [(item['body'] as { seller: string }).seller];
  const { buyer } = item['body'] as { buyer: string };
  const members = Object.values(readOrderState(item).members ?? {});
  return [buyer, ...members.map(({ organisation }) => organisation)];
}

/** The fields of an order that a schema's shape names, where the order has them. */
const pick = (order: object, shape: object): object =>
  Object.fromEntries(Object.entries(order).filter(([name, value]) => name in shape && value !== undefined));

const sorted = <T>(list: readonly T[], keyOf: (entry: T) => string): T[] =>
  list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const byId = <T extends { readonly id: string }>(list: readonly T[]): T[] => sorted(list, ({ id }) => id);
