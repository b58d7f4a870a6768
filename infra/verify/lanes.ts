import {
  ceiling,
  divided,
  floor,
  fraction,
  times,
  Unreadable,
  type Fraction,
  type Measure,
} from './exact.ts';
import type { Snapshot } from './proof.ts';

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

type Zones = Snapshot['zones'];

/** What a destination's zones and floors make of an origin, and of its prices. */
export class Lanes {
  readonly #snapshot: Snapshot;
  readonly #measure: Measure;
  readonly #lanes = new Map<string, Lane>();

  constructor(snapshot: Snapshot, measure: Measure) {
    this.#snapshot = snapshot;
    this.#measure = measure;
  }

  /** Whether a zone's rules decide in a country: it is a member, and no other zone has a floor or rule there. */
  decides(zone: string, country: string): boolean {
    const zones = this.#zones(country);
    const rules = [...this.#snapshot.floors.filter((each) => this.#acts(each)), ...this.#snapshot.standards];
    const here = rules.filter((each) => this.#isHere(each, zones));
    return zones.some(({ id }) => id === zone) && here.every((each) => each.zone === zone);
  }

  #acts = (floor: Snapshot['floors'][number]): boolean =>
    floor.status === 'approved' && String(floor.approvedAt) < this.#snapshot.gateClosure;

  /** The zones that a destination, or any country of a pool, is a member of. */
  #zones(destination: string): Zones {
    const countries = countriesOf(destination);
    const zones = this.#snapshot.zones.filter((zone) =>
      countries.some((each) => zone.members.includes(each)),
    );
    return zones.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether a floor or rule is for the product, in one of the zones, and of this date. */
  #isHere(rule: Snapshot['standards'][number] | Snapshot['floors'][number], zones: Zones): boolean {
    const { product, gateClosure } = this.#snapshot;
    const today = gateClosure.slice(0, 10);
    const isOver = typeof rule.effectiveTo === 'string' && rule.effectiveTo < today;
    return (
      rule.product === product.id &&
      zones.some(({ id }) => id === rule.zone) &&
      rule.effectiveFrom <= today &&
      !isOver
    );
  }

  /** The standards rules in force for deliveries to a destination. */
  standards(destination: string): Snapshot['standards'] {
    const zones = this.#zones(destination);
    return this.#snapshot.standards.filter((each) => this.#isHere(each, zones));
  }

  of(origin: string, destination: string): Lane {
    const key = `${origin}>${destination}`;
    const known = this.#lanes.get(key) ?? this.#laneOf(origin, destination);
    this.#lanes.set(key, known);
    return known;
  }

  #laneOf(origin: string, destination: string): Lane {
    const { product } = this.#snapshot;
    const zones = this.#zones(destination);
    const floors = this.#snapshot.floors.filter((each) => this.#isHere(each, zones) && this.#acts(each));
    const standards = this.standards(destination);
    const [rule] = floors;
    if (floors.length > 1) throw new Unreadable(`${destination} has two floors in force`);
    const poolZone = destination.includes(':') ? destination.slice(0, destination.indexOf(':')) : undefined;
    const decider = poolZone ?? rule?.zone ?? standards[0]?.zone ?? zones[0]?.id;
    const zone = zones.find(({ id }) => id === decider);
    const barred = zones.find((each) => each.barredOrigins?.includes(origin));
    const duties = rule?.duties?.filter((duty) => duty.origin === origin) ?? [];
    // A pool trades at the highest duties of its members' countries.
    const dutyIn = (country: string): Fraction => {
      const own = duties.find((each) => each.destination === country);
      return fraction((own ?? duties.find((each) => !each.destination))?.rate ?? '0');
    };
    const duty = countriesOf(destination)
      .map(dutyIn)
      .reduce((most, each) => (each.over * most.under > most.over * each.under ? each : most));
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
      duty,
      caps: zones
        .filter((each) => typeof each.maxOriginShare === 'string' && !each.members.includes(origin))
        .map(({ id }) => id),
      verifiedOnly: zones.some((each) => each.verifiedSitesOnly === true),
    };
  }
}

/** One country; of a pool's place, `zone:DE,JP`, each. */
export const countriesOf = (place: string): string[] => place.slice(place.indexOf(':') + 1).split(',');

/** The least landed price at which the seller may and would sell, in ticks. */
export function reserve(ask: bigint, { effect, floor: least, duty }: Lane): bigint {
  const price = effect === 'hard' && ask < least ? least : ask;
  const landed = price + dutyOn(price, duty);
  return effect === 'levied' && landed < least ? least : landed;
}

/** Price, duties and levy of what lands at `landed`, `above` ticks above the reserve. */
export function split(ask: bigint, landed: bigint, above: bigint, { effect, duty }: Lane) {
  const duties = dutyOn(ask, duty);
  if (effect === 'levied' && above === 0n && landed > ask + duties)
    return { price: ask, duties, levy: landed - ask - duties };
  const whole = { over: duty.under, under: 1n };
  const price = floor(
    divided(times({ over: landed, under: 1n }, whole), { over: duty.under + duty.over, under: 1n }),
  );
  return { price, duties: landed - price, levy: 0n };
}

/** The same for a member of a pool whose own duties are lower: the seller's price stands, the levy makes up the floor. */
export function ownShare(price: bigint, { effect, floor: least, duty }: Lane) {
  const duties = dutyOn(price, duty);
  const missing = least - price - duties;
  return { duties, levy: effect === 'levied' && missing > 0n ? missing : 0n };
}

/** Duty on a price, rounded up to the tick. */
const dutyOn = (price: bigint, duty: Fraction): bigint => ceiling(times({ over: price, under: 1n }, duty));
