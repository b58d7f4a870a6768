import type { Fraction, Measure } from './exact.ts';
import { ceiling, compare, divided, floor, fraction, share, times, Unreadable } from './exact.ts';
import type { Bid, Offer } from './book.ts';
import type { Snapshot } from './shape.ts';

/** What the rules make of every trade from one origin into one destination. */
export interface Lane {
  /** Why none may trade there. */
  readonly refusal: string | undefined;
  /** In ticks; `hard`: no price is below it; `levied`: a levy brings the landed price up to it. */
  readonly floor: bigint;
  readonly effect: 'hard' | 'levied' | 'none';
  readonly duty: Fraction;
  /** Zones that cap this origin. */
  readonly caps: readonly string[];
  readonly verifiedOnly: boolean;
}

const firstDay = (quarter: string): string =>
  `${quarter.slice(0, 4)}-${{ 1: '01', 2: '04', 3: '07', 4: '10' }[quarter.slice(6)] ?? ''}-01`;
const inForce = (rule: { effectiveFrom: string; effectiveTo?: string | null }, date: string): boolean =>
  rule.effectiveFrom <= date && (typeof rule.effectiveTo !== 'string' || date <= rule.effectiveTo);
const assurances = ['self', 'second-party', 'third-party'];

/** One thing that certificates must show; what sites show is looked up once. */
interface Check {
  readonly anyOf: readonly { readonly scheme: string; readonly level?: string | null }[];
  readonly assurance: string | null | undefined;
  readonly covenant: boolean;
  readonly known: Map<string, boolean>;
}

/** The rules of a snapshot, as they are written down in the market's own words. */
export class Rules {
  readonly #snapshot: Snapshot;
  readonly #measure: Measure;
  readonly #today: string;
  readonly #lanes = new Map<string, Lane>();
  readonly #checks = new Map<string, readonly Check[]>();
  readonly #checksOfBid = new Map<Bid, readonly Check[]>();
  readonly #certificates: ReadonlyMap<string, Snapshot['certificates']>;

  constructor(snapshot: Snapshot, measure: Measure) {
    this.#snapshot = snapshot;
    this.#measure = measure;
    this.#today = snapshot.gateClosure.slice(0, 10);
    this.#certificates = Map.groupBy(snapshot.certificates, ({ site }) => site);
  }

  hasBegun = (quarter: string): boolean => firstDay(quarter) <= this.#today;

  /** The zones that a destination is a member of. */
  #zones = (destination: string) =>
    this.#snapshot.zones
      .filter((zone) => zone.members.includes(destination))
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  /** The floors and standards rules in force for deliveries to a destination. */
  #rulesAt(destination: string) {
    const { product, gateClosure, floors, standards } = this.#snapshot;
    const ids = this.#zones(destination).map(({ id }) => id);
    const here = (rule: { product: string; zone: string }) =>
      rule.product === product.id && ids.includes(rule.zone);
    return {
      floors: floors.filter(
        (each) =>
          here(each) &&
          each.status === 'approved' &&
          inForce(each, this.#today) &&
          String(each.approvedAt) < gateClosure,
      ),
      standards: standards.filter((each) => here(each) && inForce(each, this.#today)),
    };
  }

  lane(origin: string, destination: string): Lane {
    const key = `${origin}>${destination}`;
    const known = this.#lanes.get(key) ?? this.#laneOf(origin, destination);
    this.#lanes.set(key, known);
    return known;
  }

  #laneOf(origin: string, destination: string): Lane {
    const { product } = this.#snapshot;
    const zones = this.#zones(destination);
    const { floors, standards } = this.#rulesAt(destination);
    const [rule] = floors;
    if (floors.length > 1) throw new Unreadable(`${destination} has two floors in force`);
    const decider = rule?.zone ?? standards[0]?.zone ?? zones[0]?.id;
    const zone = zones.find(({ id }) => id === decider);
    const barred = zones.find((each) => each.barredOrigins?.includes(origin));
    const duties = rule?.duties?.filter((duty) => duty.origin === origin) ?? [];
    const duty =
      duties.find((each) => each.destination === destination) ?? duties.find((each) => !each.destination);
    const equivalent = zone?.equivalentOrigins?.some(
      (each) => each.origin === origin && (each.product ?? product.id) === product.id,
    );
    const inside = zone?.members.includes(origin) === true;
    const hard = rule !== undefined && (inside || (rule.borderAdjusted && equivalent === true));
    const effect = hard ? 'hard' : rule?.borderAdjusted === true ? 'levied' : 'none';
    const missing = product.floorRequired === true && zones.length > 0 && rule === undefined;
    return {
      refusal: barred
        ? `${barred.id} bars ${origin}`
        : missing
          ? `${destination} has no floor in force`
          : undefined,
      floor: rule === undefined || effect === 'none' ? 0n : this.#measure.ticks(rule.price, 'up'),
      effect,
      duty: fraction(duty?.rate ?? '0'),
      caps: zones
        .filter((each) => typeof each.maxOriginShare === 'string' && !each.members.includes(origin))
        .map(({ id }) => id),
      verifiedOnly: zones.some((each) => each.verifiedSitesOnly === true),
    };
  }

  /** The least landed price at which the seller may and would sell, in ticks. */
  reserve(ask: bigint, { effect, floor: least, duty }: Lane): bigint {
    const price = effect === 'hard' && ask < least ? least : ask;
    const landed = price + dutyOn(price, duty);
    return effect === 'levied' && landed < least ? least : landed;
  }

  /** Price, duties and levy of what lands at `landed`, `above` ticks above the reserve. */
  split(ask: bigint, landed: bigint, above: bigint, { effect, duty }: Lane) {
    const duties = dutyOn(ask, duty);
    if (effect === 'levied' && above === 0n && landed > ask + duties)
      return { price: ask, duties, levy: landed - ask - duties };
    const whole = { over: duty.under, under: 1n };
    const price = floor(
      divided(times({ over: landed, under: 1n }, whole), { over: duty.under + duty.over, under: 1n }),
    );
    return { price, duties: landed - price, levy: 0n };
  }

  /** Why the two may not trade in `quarter` under a contract that began in `since`; undefined where they may. */
  refusal(offer: Offer, bid: Bid, quarter: string, since = quarter): string | undefined {
    const lane = this.lane(offer.origin, bid.json.destination);
    if (lane.refusal !== undefined) return lane.refusal;
    if (offer.json.group === bid.json.group) return 'they are related parties';
    if (offer.terms !== bid.terms) return 'their price terms differ';
    if (offer.json.destinations?.includes(bid.json.destination) === false)
      return `the offer does not deliver to ${bid.json.destination}`;
    if (bid.json.excludedOrigins?.includes(offer.origin) === true) return `the bid excludes ${offer.origin}`;
    if (compare(offer.json.purity ?? '0', bid.json.minimumPurity ?? '0') < 0) return 'the purity is too low';
    if (!offer.verified && lane.verifiedOnly) return 'its site is not verified';
    const undeclared = lane.caps.find((zone) => this.zoneCap(zone, offer.origin, quarter) === undefined);
    if (undeclared !== undefined) return `${undeclared} has declared no consumption`;
    const failed = this.#checksOf(bid).find(
      (check) =>
        !this.#isShown(check, offer.json.site, quarter) &&
        !(check.covenant && this.#isShown(check, offer.json.site, since)),
    );
    return (
      failed && `no certificate of its site shows ${failed.anyOf.map(({ scheme }) => scheme).join(' or ')}`
    );
  }

  /** What a bid must be shown: the rules of its destination, and its own requirements. */
  #checksOf(bid: Bid): readonly Check[] {
    const { destination, requires } = bid.json;
    const known = this.#checksOfBid.get(bid);
    if (known !== undefined) return known;
    const key = JSON.stringify([destination, requires]);
    const checks = this.#checks.get(key) ?? this.#newChecks(destination, requires ?? []);
    this.#checks.set(key, checks);
    this.#checksOfBid.set(bid, checks);
    return checks;
  }

  #newChecks(destination: string, requires: readonly Check['anyOf'][number][]): readonly Check[] {
    return [
      ...this.#rulesAt(destination).standards.flatMap((rule) =>
        rule.topics.map(({ anyOf }) => ({
          ...{ anyOf, assurance: rule.minimumAssurance, covenant: rule.renewalCovenant === true },
        })),
      ),
      ...requires.map((one) => ({ anyOf: [one], assurance: null, covenant: false })),
    ].map((check) => ({ ...check, known: new Map<string, boolean>() }));
  }

  #isShown(check: Check, site: string, quarter: string): boolean {
    const key = `${site} ${quarter}`;
    const known = check.known.get(key) ?? this.#shows(check, site, firstDay(quarter));
    check.known.set(key, known);
    return known;
  }

  /** An active certificate of the site, in scope, at the level and assurance, valid on the quarter's first day. */
  #shows({ anyOf, assurance }: Check, site: string, day: string): boolean {
    const { product, schemes } = this.#snapshot;
    const certificates = this.#certificates.get(site) ?? [];
    const covers = (list: readonly string[] | null | undefined, one: string): boolean =>
      list?.some((each) => each === one || each === '*') ?? true;
    return anyOf.some((wanted) => {
      const scheme = schemes.find(({ id }) => id === wanted.scheme);
      if (
        scheme === undefined ||
        !covers(scheme.stages, product.stage) ||
        !covers(scheme.minerals, product.mineral)
      )
        return false;
      if (assurance && assurances.indexOf(scheme.assurance) < assurances.indexOf(assurance)) return false;
      const least = wanted.level ? scheme.levels.indexOf(wanted.level) : -1;
      if (wanted.level && least < 0) return false;
      return certificates.some(
        (one) =>
          one.scheme === scheme.id &&
          one.status === 'active' &&
          covers(one.stages, product.stage) &&
          covers(one.minerals, product.mineral) &&
          (!wanted.level || (one.level ? scheme.levels.indexOf(one.level) : -1) >= least) &&
          one.validFrom <= day &&
          day <= one.validTo,
      );
    });
  }

  /** Lots that a zone still lets in from an origin that it caps; undefined where it has declared no consumption. */
  zoneCap(id: string, origin: string, quarter: string): bigint | undefined {
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
type Schedule = Bid['json']['requested'];

/** Duty on a price, rounded up to the tick. */
const dutyOn = (price: bigint, duty: Fraction): bigint => ceiling(times({ over: price, under: 1n }, duty));
