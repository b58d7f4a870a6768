import type { Bid, Offer } from './book.ts';
import { many, pairOf, sum, type Case } from './case.ts';
import { keyOf } from './duals.ts';
import { whole } from './exact.ts';
import { reserve, split } from './lanes.ts';
import { pairsThatGive } from './pairs.ts';
import type { Programme, SupportRound } from './proof.ts';
import { entered } from './support-entry.ts';

/** What has been taken so far, by the market and the rounds before: by quarter and order, or cap and origin. */
type Taken = Map<string, bigint>;

/** One programme's round, read: who may take part, and what was left to them when it began. */
interface Round {
  readonly at: string;
  readonly programme: Programme;
  readonly json: SupportRound;
  readonly next: bigint;
  readonly budget: bigint;
  readonly most: bigint;
  readonly awardCap: bigint | undefined;
  readonly offers: readonly Offer[];
  readonly bids: readonly Bid[];
  readonly taken: ReadonlyMap<string, bigint>;
}

/**
 * After the market's own clearing each programme tops up what it can of what is left: by the rules, within its budget,
 * the most lots that the budget pays, at the least cost. Nothing where no programme was in force.
 */
export function supported(c: Case): string | undefined {
  const { proof, measure, fail } = c;
  const programmes = proof.snapshot.programmes ?? [];
  const rounds = proof.support ?? [];
  if (programmes.map(({ id }) => id).join() !== rounds.map(({ programme }) => programme).join())
    fail('/support', 'is not a round for each programme, in their order');
  if (programmes.length === 0) return undefined;
  const taken: Taken = new Map();
  for (const { quarter, offer, bid, lots } of c.trades) take(c, taken, { quarter, offer, bid, lots });
  let cost = 0n;
  let volume = 0n;
  for (const [index, json] of rounds.entries()) {
    const programme = programmes[index];
    if (programme === undefined) continue;
    const round = readRound(c, programme, json, `/support/${index}`, new Map(taken));
    const paid = checkFlows(c, round, taken);
    cost += paid.cost;
    volume += paid.volume;
    if (paid.cost > round.budget) fail(round.at, 'costs more than is left of the budget');
    if (paid.cost + round.next <= round.budget)
      fail(`${round.at}/next`, 'another lot at that price could still be paid');
    const bound = worth(c, round);
    if (bound !== round.next * paid.volume - paid.cost)
      fail(round.at, `its values do not prove it: they come to ${bound} ticks × lots`);
  }
  return `${many(programmes.length, 'programme')}: ${many(volume, 'lot')} supported with ${measure.written(measure.minorUnits(cost))} ${proof.snapshot.product.currency}; every rule and cap kept, the most that the budgets pay, at the least cost`;
}

function readRound(
  c: Case,
  programme: Programme,
  json: SupportRound,
  at: string,
  taken: ReadonlyMap<string, bigint>,
): Round {
  const { measure } = c;
  const unit = measure.minorUnits(1n);
  const { offers, bids } = entered(c, programme);
  const left = ({ json: { id }, lots }: Offer | Bid): ReadonlyMap<string, bigint> =>
    new Map(
      [...lots]
        .filter(([quarter]) => quarter >= programme.from && quarter <= programme.to)
        .map(([quarter, count]): [string, bigint] => [quarter, count - (taken.get(keyOf(quarter, id)) ?? 0n)])
        .filter(([, count]) => count > 0n),
    );
  return {
    ...{ at, programme, json, taken },
    next: whole(json.next),
    budget: measure.minorUnitsOf(programme.left.amount) / unit,
    most: measure.ticks(programme.maximumGap, 'down'),
    awardCap: programme.awardCap ? measure.minorUnitsOf(programme.awardCap.amount) / unit : undefined,
    offers: offers.map((offer) => ({ ...offer, lots: left(offer) })).filter(({ lots }) => lots.size > 0),
    bids: bids.map((bid) => ({ ...bid, lots: left(bid) })).filter(({ lots }) => lots.size > 0),
  };
}

/** Takes lots from both orders, and counts them against every cap that they are under. */
function take(
  { rules }: Case,
  taken: Taken,
  { quarter, offer, bid, lots }: { quarter: string; offer: Offer; bid: Bid; lots: bigint },
): void {
  const { origin } = offer;
  const caps = rules.lane(origin, bid.json.destination).caps.map((zone) => keyOf(zone, origin));
  for (const whose of [offer.json.id, bid.json.id, keyOf(bid.json.id, origin), ...caps]) {
    const key = keyOf(quarter, whose);
    taken.set(key, (taken.get(key) ?? 0n) + lots);
  }
}

const above = (value: bigint): bigint => (value > 0n ? value : 0n);

/** What a bid's own cap lets in from an origin; undefined without one. */
function bidRoom({ rules }: Case, { taken }: Round, bid: Bid, origin: string, quarter: string) {
  const cap = rules.bidCap(bid, origin, quarter);
  const used = taken.get(keyOf(quarter, keyOf(bid.json.id, origin))) ?? 0n;
  return cap === undefined ? undefined : above(cap - used);
}

/** What zones that cap the origin let in to a destination; empty where none does. */
const zoneRooms = ({ rules }: Case, { taken }: Round, origin: string, place: string, quarter: string) =>
  rules
    .lane(origin, place)
    .caps.map((zone) =>
      above(
        (rules.zoneCap(zone, origin, quarter) ?? 0n) - (taken.get(keyOf(quarter, keyOf(zone, origin))) ?? 0n),
      ),
    );

/** What zones let in of all that a round supports of an origin: the least of those that are not used up. */
function originRoom(c: Case, round: Round, origin: string, quarter: string): bigint | undefined {
  const rooms = [...new Set(round.bids.map(({ json }) => json.destination))]
    .map((place) => zoneRooms(c, round, origin, place, quarter))
    .filter((each) => each.every((room) => room > 0n))
    .flat();
  return rooms.length === 0 ? undefined : rooms.reduce((least, room) => (room < least ? room : least));
}

/** Ticks that a pair is short of in a quarter where it may be supported; undefined where it may not. */
function gapOf(c: Case, round: Round, offer: Offer, bid: Bid, quarter: string): bigint | undefined {
  const { rules } = c;
  const gap = reserve(offer.price, rules.lane(offer.origin, bid.json.destination)) - bid.price;
  if (gap < 1n || gap > round.most) return undefined;
  if (bidRoom(c, round, bid, offer.origin, quarter) === 0n) return undefined;
  if (zoneRooms(c, round, offer.origin, bid.json.destination, quarter).includes(0n)) return undefined;
  return rules.refusal(offer, bid, quarter) === undefined ? gap : undefined;
}

/** The most lots of a pair in a quarter where awards are capped: the cap, spread over the quarters that both have. */
function awardRoom({ awardCap }: Round, offer: Offer, bid: Bid, gap: bigint): bigint | undefined {
  if (awardCap === undefined) return undefined;
  const common = [...offer.lots.keys()].filter((quarter) => bid.lots.has(quarter)).length;
  return awardCap / (BigInt(common) * gap);
}

function checkFlows(c: Case, round: Round, taken: Taken): { cost: bigint; volume: bigint } {
  const { fail, rules } = c;
  const offers = new Map(round.offers.map((offer) => [offer.json.id, offer]));
  const bids = new Map(round.bids.map((bid) => [bid.json.id, bid]));
  const ofOrigin = new Map<string, bigint>();
  const seen = new Set<string>();
  const total = { cost: 0n, volume: 0n };
  for (const [line, flow] of round.json.flows.entries()) {
    const at = `${round.at}/flows/${line}`;
    const [offer, bid] = [offers.get(flow.offer), bids.get(flow.bid)];
    const { quarter } = flow;
    if (offer === undefined || bid === undefined) {
      fail(at, 'is of an order that the programme does not serve, or that has nothing left');
      continue;
    }
    const key = `${quarter} ${pairOf(offer, bid)}`;
    if (seen.has(key)) fail(at, 'this offer and bid are supported in this quarter already');
    seen.add(key);
    const lots = whole(flow.lots);
    const gap = gapOf(c, round, offer, bid, quarter);
    if (gap === undefined) {
      fail(at, 'may not be supported');
      continue;
    }
    const lane = rules.lane(offer.origin, bid.json.destination);
    const landed = reserve(offer.price, lane);
    const due = { ...split(offer.price, landed, 0n, lane), landed, support: gap };
    for (const part of ['price', 'duties', 'levy', 'landed', 'support'] as const)
      if (whole(flow[part]) !== due[part]) fail(`${at}/${part}`, `is ${due[part]} ticks`);
    take(c, taken, { quarter, offer, bid, lots });
    const now = (whose: string): bigint =>
      (taken.get(keyOf(quarter, whose)) ?? 0n) - (round.taken.get(keyOf(quarter, whose)) ?? 0n);
    const origin = keyOf(quarter, offer.origin);
    ofOrigin.set(origin, (ofOrigin.get(origin) ?? 0n) + lots);
    const within: [bigint, bigint | undefined][] = [
      [now(offer.json.id), offer.lots.get(quarter) ?? 0n],
      [now(bid.json.id), bid.lots.get(quarter) ?? 0n],
      [now(keyOf(bid.json.id, offer.origin)), bidRoom(c, round, bid, offer.origin, quarter)],
      [ofOrigin.get(origin)!, originRoom(c, round, offer.origin, quarter)],
      [lots, awardRoom(round, offer, bid, gap)],
    ];
    if (lots === 0n || within.some(([used, most]) => most !== undefined && used > most))
      fail(`${at}/lots`, 'is nothing, or more than an order or a cap has left');
    total.cost += gap * lots;
    total.volume += lots;
  }
  return total;
}

/**
 * What the values of a round come to over all orders and caps. Calls `fail` for pairs that may be supported and are worth
 * more at `next` a lot than the values of their two sides and their caps.
 */
function worth(c: Case, round: Round): bigint {
  const { fail } = c;
  const quarters = new Set([...round.offers, ...round.bids].flatMap(({ lots }) => [...lots.keys()]));
  let bound = 0n;
  for (const [index, { quarter }] of round.json.quarters.entries())
    if (!quarters.delete(quarter)) fail(`${round.at}/quarters/${index}`, 'nothing is left in that quarter');
    else bound += worthOf(c, round, quarter, index);
  for (const quarter of quarters) bound += worthOf(c, round, quarter, undefined);
  return bound;
}

function worthOf(c: Case, round: Round, quarter: string, index: number | undefined): bigint {
  const { fail, rules } = c;
  const at = `${round.at}/quarters/${index ?? ''}`;
  const stated = index === undefined ? undefined : round.json.quarters[index];
  const read = <Entry extends { readonly value: string }>(
    list: readonly Entry[] | undefined,
    keyed: (entry: Entry) => string,
  ): ReadonlyMap<string, bigint> => {
    const values = new Map<string, bigint>();
    for (const entry of list ?? []) {
      if (values.has(keyed(entry))) fail(at, `${keyed(entry)} is listed twice`);
      values.set(keyed(entry), whole(entry.value));
    }
    return values;
  };
  const scarcity = read(stated?.scarcity, ({ offer }) => offer);
  const surplus = read(stated?.surplus, ({ bid }) => bid);
  const capValue = read(stated?.capValue, ({ bid, origin }) => keyOf(bid, origin));
  const limitValue = read(stated?.limitValue, ({ origin }) => origin);
  const offers = round.offers.filter(({ lots }) => lots.has(quarter));
  const bids = round.bids.filter(({ lots }) => lots.has(quarter));
  const of = (values: ReadonlyMap<string, bigint>, key: string): bigint => values.get(key) ?? 0n;
  const given = (bid: Bid, origin: string): bigint =>
    bid.price + round.next - of(surplus, bid.json.id) - of(capValue, keyOf(bid.json.id, origin));
  const asked = (offer: Offer, place: string): bigint =>
    reserve(offer.price, rules.lane(offer.origin, place)) +
    of(scarcity, offer.json.id) +
    of(limitValue, offer.origin);
  let bound =
    sum(offers.map((offer) => of(scarcity, offer.json.id) * offer.lots.get(quarter)!)) +
    sum(bids.map((bid) => of(surplus, bid.json.id) * bid.lots.get(quarter)!));
  const origins = new Set(offers.map(({ origin }) => origin));
  for (const origin of origins) {
    const value = of(limitValue, origin);
    if (value > 0n) bound += value * (originRoom(c, round, origin, quarter) ?? fellFree(fail, at));
    for (const bid of bids) {
      const price = of(capValue, keyOf(bid.json.id, origin));
      if (price > 0n) bound += price * (bidRoom(c, round, bid, origin, quarter) ?? fellFree(fail, at));
    }
  }
  const rather = pairsThatGive(offers, bids, {
    given: (bid, origin) => Number(given(bid, origin)),
    asked: (offer, place) => Number(asked(offer, place)),
    mayTrade: (offer, bid) => rules.refusalOfKind(offer, bid, quarter) === undefined,
  });
  for (const [offer, bid] of rather) {
    const more = given(bid, offer.origin) - asked(offer, bid.json.destination);
    const gap = gapOf(c, round, offer, bid, quarter);
    if (more <= 0n || gap === undefined) continue;
    const room = awardRoom(round, offer, bid, gap);
    if (room === undefined)
      fail(at, `${offer.json.id} and ${bid.json.id} are worth more than these values say`);
    else bound += more * room;
  }
  return bound;
}

/** A value of a cap that there is not. */
function fellFree(fail: Case['fail'], at: string): bigint {
  fail(at, 'has a value of a cap that there is not');
  return 0n;
}
