import type { Bid, Offer } from './book.ts';
import { Certificates, firstDay } from './certificates.ts';
import { compare, fraction, share, type Measure } from './exact.ts';
import { countriesOf, Lanes, type Lane } from './lanes.ts';
import { Pools } from './pools.ts';
import type { Proof, Schedule, Snapshot } from './proof.ts';

/** Who may trade with whom, and how much. */
export class Rules {
  readonly #snapshot: Snapshot;
  readonly #measure: Measure;
  readonly #lanes: Lanes;
  readonly #certificates: Certificates;
  /** Price terms whose reference has a price of the day. */
  readonly #available: ReadonlySet<string>;
  readonly #zoneCaps = new Map<string, bigint | undefined>();

  readonly pools: Pools;

  constructor(proof: Proof, measure: Measure) {
    const { snapshot } = proof;
    this.#snapshot = snapshot;
    this.#measure = measure;
    this.#lanes = new Lanes(snapshot, measure);
    this.pools = new Pools(proof, measure, this.#lanes);
    this.#available = new Set(
      (snapshot.references ?? []).flatMap(({ id, status }) =>
        status === 'available' ? [`indexed ${id}`] : [],
      ),
    );
    this.#certificates = new Certificates(snapshot, this.#lanes);
  }

  hasBegun = (quarter: string): boolean => firstDay(quarter) <= this.#snapshot.gateClosure.slice(0, 10);

  lane = (origin: string, destination: string): Lane => this.#lanes.of(origin, destination);

  /** Why the two may not trade in `quarter` under a contract that began in `since`; undefined where they may. */
  refusal(offer: Offer, bid: Bid, quarter: string, since = quarter): string | undefined {
    if (bid.groups.has(offer.json.group)) return 'they are related parties';
    return this.refusalOfKind(offer, bid, quarter, since);
  }

  /** The same but for related parties: it asks nothing that orders of a kind (see pairs.ts) answer differently. */
  refusalOfKind(offer: Offer, bid: Bid, quarter: string, since = quarter): string | undefined {
    const lane = this.lane(offer.origin, bid.json.destination);
    if (lane.refusal !== undefined) return lane.refusal;
    const terms = this.#refusalByTerms(offer, bid, lane);
    if (terms !== undefined) return terms;
    const places = countriesOf(bid.json.destination);
    if (places.some((place) => offer.json.destinations?.includes(place) === false))
      return `the offer does not deliver to ${bid.json.destination}`;
    if (bid.json.excludedOrigins?.includes(offer.origin) === true) return `the bid excludes ${offer.origin}`;
    if (compare(offer.json.purity ?? '0', bid.json.minimumPurity ?? '0') < 0) return 'the purity is too low';
    if ((offer.json.conditionsPrecedent?.length ?? 0) > 0 && bid.json.acceptsConditional !== true)
      return 'the offer hangs on conditions that the bid does not accept';
    if (!offer.verified && lane.verifiedOnly) return 'its site is not verified';
    const undeclared = lane.caps.find((zone) => this.zoneCap(zone, offer.origin, quarter) === undefined);
    if (undeclared !== undefined) return `${undeclared} has declared no consumption`;
    return this.#certificates.lacking(offer.json.site, bid, quarter, since);
  }

  /** A seller's cap must keep within its buyer's, and above a floor that binds the price; the reference must be known. */
  #refusalByTerms(offer: Offer, bid: Bid, lane: Lane): string | undefined {
    if (offer.terms !== bid.terms) return 'their price terms differ';
    if (offer.terms === 'fixed') return undefined;
    if (!this.#available.has(offer.terms)) return `the price ${offer.terms} has no reference of the day`;
    if (bid.cap !== undefined && (offer.cap === undefined || offer.cap > bid.cap))
      return "the offer's cap is above the bid's";
    return offer.cap !== undefined && lane.effect === 'hard' && offer.cap < lane.floor
      ? "the offer's cap is below the floor"
      : undefined;
  }

  /** Lots that a zone still lets in from an origin that it caps; undefined where it has declared no consumption. */
  zoneCap(id: string, origin: string, quarter: string): bigint | undefined {
    const key = `${id} ${origin} ${quarter}`;
    if (!this.#zoneCaps.has(key)) this.#zoneCaps.set(key, this.#zoneCapOf(id, origin, quarter));
    return this.#zoneCaps.get(key);
  }

  #zoneCapOf(id: string, origin: string, quarter: string): bigint | undefined {
    const { zones, consumption, originUse, product } = this.#snapshot;
    const declared = consumption
      .filter((each) => each.zone === id && each.product === product.id)
      .flatMap(({ quarters }) => quarters)
      .filter((each) => each.quarter === quarter);
    const zone = zones.find((each) => each.id === id);
    if (declared.length === 0 || typeof zone?.maxOriginShare !== 'string') return undefined;
    const used = (originUse ?? []).filter(
      (each) => each.origin === origin && zone.members.includes(each.destination),
    );
    return this.#room(declared, used, zone.maxOriginShare, quarter);
  }

  /** Lots that a bid may take from an origin in a quarter; undefined without a cap. */
  bidCap({ json }: Bid, origin: string, quarter: string): bigint | undefined {
    if (typeof json.maxOriginShare !== 'string') return undefined;
    const used = json.contractedByOrigin.filter((each) => each.origin === origin);
    return this.#room(json.requested, used, json.maxOriginShare, quarter);
  }

  /** A share, rounded down to the lot, of what is planned for a quarter, less what earlier contracts use of it. */
  #room(planned: Schedule, used: Schedule, most: string, quarter: string): bigint {
    const lots = (list: Schedule): bigint =>
      list
        .filter((each) => each.quarter === quarter)
        .reduce((all, each) => all + this.#measure.lots(each.quantity), 0n);
    const room = share(lots(planned), fraction(most)) - lots(used);
    return room > 0n ? room : 0n;
  }
}
