import * as z from 'zod';
import { clear, type Outcome } from '../../shared/clearing/clear.ts';
import type { Award } from '../../shared/clearing/awards/award.ts';
import type { BookBid, BookOffer, Snapshot, SnapshotJson } from '../../shared/clearing/snapshot.ts';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import { must } from '../../shared/kernel/result.ts';

/** NdPr oxide in lots of 1 kg at ticks of 0.01 USD. Gate closes on 22 November 2026: 2027-Q1 is the first quarter. */

type OfferJson = z.input<typeof snapshotSchema>['offers'][number];
type BidJson = z.input<typeof snapshotSchema>['bids'][number];
type Floor = SnapshotJson['floors'][number];
type Certificate = SnapshotJson['certificates'][number];
type Rule = SnapshotJson['standards'][number];
type ProgrammeJson = NonNullable<SnapshotJson['programmes']>[number];

const stamp = { version: 1, recordedAt: '2026-01-01T00:00:00.000Z', recordedBy: 'administrator-1' };
const id = (prefix: string, name: string): string => `${prefix}_${name.padEnd(20, '0')}`;
export const price = (amount: string, per: 'kg' | 'kg contained' = 'kg') =>
  ({ amount, currency: 'USD', per }) as const;
export const kg = (amount: string) => ({ amount, unit: 'kg' }) as const;

/** Quantities by quarter, or one for 2027-Q1. */
export type Amounts = string | Record<string, string>;
const quantities = (amounts: Amounts) =>
  Object.entries(typeof amounts === 'string' ? { '2027-Q1': amounts } : amounts).map(([quarter, amount]) => ({
    quarter,
    quantity: kg(amount),
  }));

/** A member of a pool: what it still asks for, in DE unless it says so. */
export interface PoolMemberSpec {
  readonly destination?: string;
  readonly amounts: Amounts;
  readonly minimum?: string;
  readonly contracted?: Amounts;
  readonly group?: string;
}

/** A market under construction; names stand for ids. */
export class MarketBuilder {
  readonly #json: SnapshotJson;

  constructor(changes: Partial<SnapshotJson['product']> = {}) {
    this.#json = {
      format: 'lodestone-snapshot-1',
      clearing: 'clr_00000000000000000001',
      gateClosure: '2026-11-22T12:00:00.000Z',
      product: {
        id: 'ndpr-oxide',
        name: 'NdPr oxide',
        mineral: 'ndpr',
        stage: 'refining',
        unit: 'kg',
        currency: 'USD',
        lot: kg('1'),
        priceTick: price('0.01'),
        ...stamp,
        ...changes,
      },
      zones: [],
      consumption: [],
      floors: [],
      standards: [],
      schemes: [],
      sites: [],
      certificates: [],
      offers: [],
      bids: [],
    };
  }

  /** The zone of partners: US, JP, DE, AU. */
  zone(changes: Partial<SnapshotJson['zones'][number]> = {}): this {
    this.#json.zones.push({
      id: 'partners',
      name: 'Partners',
      members: ['US', 'JP', 'DE', 'AU'],
      ...stamp,
      ...changes,
    });
    return this;
  }

  floor(amount: string, changes: Partial<Floor> = {}): this {
    this.#json.floors.push({
      id: id('flr', `floor${this.#json.floors.length}`),
      product: this.#json.product.id,
      zone: 'partners',
      price: price(amount),
      borderAdjusted: true,
      effectiveFrom: '2026-01-01',
      rationale: 'Cost of production.',
      status: 'approved',
      proposedBy: 'administrator-1',
      proposedAt: '2026-01-01T00:00:00.000Z',
      approvedBy: 'administrator-2',
      approvedAt: '2026-01-02T00:00:00.000Z',
      ...stamp,
      ...changes,
    });
    return this;
  }

  /** Of one quarter, or of each of several alike: one record a zone. */
  consumption(quarter: string | readonly string[], amount: string, zone = 'partners'): this {
    const { product } = this.#json;
    this.#json.consumption.push({
      zone,
      product: product.id,
      quarters: [quarter].flat().map((each) => ({ quarter: each, quantity: kg(amount) })),
      ...stamp,
    });
    return this;
  }

  /** What earlier contracts deliver. */
  contracted(origin: string, destination: string, quarter: string, amount: string): this {
    (this.#json.originUse ??= []).push({ origin, destination, quarter, quantity: kg(amount) });
    return this;
  }

  /** Scheme `irma` with levels 50, 75, 100, vouched for by third parties. */
  scheme(changes: Partial<SnapshotJson['schemes'][number]> = {}): this {
    this.#json.schemes.push({
      id: 'irma',
      name: 'IRMA',
      levels: ['50', '75', '100'],
      stages: ['mining', 'refining'],
      minerals: ['*'],
      assurance: 'third-party',
      ...stamp,
      ...changes,
    });
    return this;
  }

  /** A rule of the partners: IRMA at 75 at least. */
  rule(changes: Partial<Rule> = {}): this {
    this.#json.standards.push({
      id: id('std', `rule${this.#json.standards.length}`),
      product: this.#json.product.id,
      zone: 'partners',
      topics: [{ topic: 'responsible production', anyOf: [{ scheme: 'irma', level: '75' }] }],
      effectiveFrom: '2026-01-01',
      ...stamp,
      ...changes,
    });
    return this;
  }

  /** A reference price of the day, or none. */
  reference(name: string, amount: string | undefined): this {
    (this.#json.references ??= []).push(
      amount === undefined
        ? { id: name, status: 'held', detail: 'Points of 4 independent firms where 5 are needed.' }
        : {
            id: name,
            status: 'available',
            price: price(amount),
            fixing: {
              ...{ series: name, seriesVersion: 1, version: 1, fixedAt: this.#json.gateClosure },
              window: { from: '2026-10-24', to: '2026-11-22' },
              ...{ price: price(amount), points: 7, firms: 5, pointsDigest: '0'.repeat(64), leftOut: [] },
              basis: { kind: 'primary' },
            },
          },
    );
    return this;
  }

  /** A certificate of an offer's own site; IRMA 100, valid for years. */
  certificate(offer: string, changes: Partial<Certificate> = {}): this {
    this.#json.certificates.push({
      id: id('crt', `c${this.#json.certificates.length}`),
      site: id('sit', offer),
      scheme: 'irma',
      level: '100',
      validFrom: '2026-01-01',
      validTo: '2039-12-31',
      status: 'active',
      version: 1,
      recordedAt: stamp.recordedAt,
      ...changes,
    });
    return this;
  }

  /** An offer with a site of its own in `country`. */
  offer(
    name: string,
    country: string,
    ask: string,
    amounts: Amounts,
    changes: Partial<OfferJson> & { verified?: boolean } = {},
  ): this {
    const { verified = true, ...terms } = changes;
    if (terms.site === undefined)
      this.#json.sites.push({
        id: id('sit', name),
        country,
        stage: 'refining',
        minerals: ['ndpr'],
        verified,
        version: 1,
        recordedAt: stamp.recordedAt,
      });
    this.#json.offers.push({
      id: id('off', name),
      site: id('sit', name),
      price: price(ask),
      party: `party-${name}`,
      group: `group-${name}`,
      remaining: quantities(amounts),
      version: 1,
      ...terms,
    });
    return this;
  }

  bid(
    name: string,
    destination: string,
    limit: string,
    amounts: Amounts,
    changes: Partial<BidJson> = {},
  ): this {
    this.#json.bids.push({
      id: id('bid', name),
      destination,
      price: price(limit),
      party: `party-${name}`,
      group: `group-${name}`,
      requested: quantities(amounts),
      contractedByOrigin: [],
      remaining: quantities(amounts),
      version: 1,
      ...changes,
    });
    return this;
  }

  /** A pool of the partners, run by an organisation of its own; each member is its own group unless it says so. */
  pool(
    name: string,
    limit: string,
    members: Record<string, PoolMemberSpec>,
    changes: Partial<BidJson> = {},
  ): this {
    const sum = new Map<string, number>();
    for (const { amounts } of Object.values(members))
      for (const { quarter, quantity } of quantities(amounts))
        sum.set(quarter, (sum.get(quarter) ?? 0) + Number(quantity.amount));
    const asked = Object.fromEntries([...sum].map(([quarter, amount]) => [quarter, String(amount)]));
    const bid = {
      ...{ id: id('bid', name), price: price(limit), pool: id('pol', name), zone: 'partners' },
      ...{ party: `runner-${name}`, group: `runner-${name}`, contractedByOrigin: [], version: 1 },
      ...{ requested: quantities(asked), remaining: quantities(asked), ...changes },
    };
    this.#json.bids.push(bid);
    this.#json.members ??= [];
    for (const [member, { destination = 'DE', amounts, minimum, contracted, group }] of Object.entries(
      members,
    ))
      this.#json.members.push({
        ...{ id: id('mem', member), bid: bid.id, destination, version: 1 },
        ...(minimum === undefined ? {} : { minimum: kg(minimum) }),
        ...{ remaining: quantities(amounts), contracted: quantities(contracted ?? {}) },
        ...{ party: `party-${member}`, group: group ?? `group-${member}` },
      });
    return this;
  }

  /** A programme of the partners: up to 40 USD/kg, and 1 000 USD left, of bids from the benchmark of 60 USD/kg on. */
  programme(
    name: string,
    changes: Partial<ProgrammeJson> = {},
    benchmark: string | undefined = '60.00',
  ): this {
    if (this.#json.references?.some((one) => one.id === 'benchmark') !== true)
      this.reference('benchmark', benchmark);
    (this.#json.programmes ??= []).push({
      ...{ id: id('prg', name), version: 2, zone: 'partners', reference: 'benchmark' },
      ...{ eligible: {}, maximumGap: price('40.00'), strike: price('110.00') },
      ...{ from: '2027-Q1', to: '2039-Q4', rank: 100 },
      left: { amount: '1000.00', currency: 'USD' },
      ...changes,
    });
    return this;
  }

  /** The snapshot as stored, lists sorted by id. */
  json(): SnapshotJson {
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    const { offers, bids, members } = this.#json;
    return {
      ...{ ...this.#json, offers: offers.toSorted(byId), bids: bids.toSorted(byId) },
      ...(members === undefined ? {} : { members: members.toSorted(byId) }),
    };
  }

  snapshot(): Snapshot {
    return z.decode(snapshotSchema, this.json());
  }

  clear(): Cleared {
    return new Cleared(must(clear(this.snapshot())));
  }
}

export const aMarket = (changes?: Partial<SnapshotJson['product']>): MarketBuilder =>
  new MarketBuilder(changes);

/** An outcome as a test reads it. */
export class Cleared {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    this.outcome = outcome;
  }

  award(offer: string, bid: string): Award | undefined {
    return this.outcome.awards.find(
      (award) => award.offer === id('off', offer) && award.bid === id('bid', bid),
    );
  }

  /** Lots by "offer→bid", summed over quarters. */
  trades(): Record<string, number> {
    const name = (order: string): string => order.slice(4).replace(/0+$/, '');
    return Object.fromEntries(
      this.outcome.awards.map(({ offer, bid, schedule }) => [
        `${name(offer)}→${name(bid)}`,
        Number(schedule.reduce((sum, { lots }) => sum + lots, 0n)),
      ]),
    );
  }

  /** Lots by member, over all offers and quarters; or of one offer. */
  shares(offer?: string): Record<string, number> {
    const shares: Record<string, number> = {};
    for (const award of this.outcome.awards) {
      if (award.member === undefined || (offer !== undefined && award.offer !== id('off', offer))) continue;
      const name = award.member.slice(4).replace(/0+$/, '');
      shares[name] = (shares[name] ?? 0) + Number(award.schedule.reduce((sum, { lots }) => sum + lots, 0n));
    }
    return shares;
  }

  /** The award of one offer to one member of a pool. */
  part(offer: string, member: string): Award | undefined {
    return this.outcome.awards.find(
      (award) => award.offer === id('off', offer) && award.member === id('mem', member),
    );
  }

  explanationOf(kind: 'off' | 'bid' | 'mem', name: string) {
    const found = this.outcome.explanations.get(id(kind, name));
    if (found === undefined) throw new Error(`no explanation of ${name}`);
    return found;
  }

  /** The codes that bind an order in its first quarter. */
  binding(kind: 'off' | 'bid' | 'mem', name: string): string[] {
    return this.explanationOf(kind, name)[0]!.binding.map(({ code }) => code);
  }
}

export type { BookBid, BookOffer };
