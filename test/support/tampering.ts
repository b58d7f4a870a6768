import { rootOf } from '../../infra/verify/digest.ts';
import type { Proof } from '../../infra/verify/proof.ts';

/** A proof that may be changed. */
type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Writable<T[Name]> }
    : T;
export type Tampered = Writable<Proof>;
export type TamperedFlow = Tampered['quarters'][number]['flows'][number];

/** A deep copy, to be changed. */
export const copyOf = (proof: unknown): Tampered => JSON.parse(JSON.stringify(proof)) as Tampered;

/** A forger who knows how digests are made: the snapshot as it now is, under the digest that fits it. */
export function forgeDigest(proof: Tampered): Tampered {
  proof.inputDigest = rootOf(proof.snapshot);
  return proof;
}

/** A place in a JSON value that holds text, a number or a flag. */
export interface Leaf {
  readonly pointer: string;
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

/** Every leaf of a JSON value. */
export function leavesOf(value: unknown, pointer = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.entries(holder).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null
      ? leavesOf(inner, `${pointer}/${name}`)
      : [{ pointer: `${pointer}/${name}`, holder, name }],
  );
}

/** Changes a leaf to something else of its kind: the next number, another word, the other answer. */
export function alter({ holder, name }: Leaf): void {
  const value = holder[name];
  if (typeof value === 'boolean') holder[name] = !value;
  else if (typeof value === 'number') holder[name] = value + 1;
  else if (typeof value !== 'string') holder[name] = 'something';
  else if (/^\d+$/.test(value)) holder[name] = String(BigInt(value) + 1n);
  else holder[name] = value.replace(/.$/, (last) => (last === '1' ? '2' : '1'));
}

const tick = (amount: string, by: bigint): string => {
  const cents = String(BigInt(amount.replace('.', '')) + by).padStart(3, '0');
  return `${cents.slice(0, -2)}.${cents.slice(-2)}`;
};

interface Hit {
  readonly proof: Tampered;
  readonly flow: TamperedFlow;
  /** Its place. */
  readonly at: string;
  /** Of its quarter. */
  readonly quarter: string;
  readonly offer: Tampered['snapshot']['offers'][number];
  readonly bid: Tampered['snapshot']['bids'][number];
  readonly site: Tampered['snapshot']['sites'][number];
}

/** What a forger might do to a trade: where that must be noticed, or undefined where it cannot be done. */
type Tampering = (hit: Hit) => RegExp | undefined;

const add = (text: string, by: bigint): string => String(BigInt(text) + by);
const place = (pointer: string): RegExp => new RegExp(`^${pointer}`);
const inQuarter = ({ at }: Hit): string => at.split('/').slice(0, 3).join('/');

/** Single changes, each of which makes the proof wrong whatever else is in it. */
export const tamperings: Readonly<Record<string, Tampering>> = {
  'sells one lot more': (hit) => {
    hit.flow.lots = add(hit.flow.lots, 1n);
    return place(inQuarter(hit));
  },
  'pays the seller a tick more out of the levy': ({ flow, at }) => {
    if (flow.levy === '0') return undefined;
    flow.levy = add(flow.levy, -1n);
    flow.price = add(flow.price, 1n);
    return place(`${at}/levy`);
  },
  'pays the seller a tick less': ({ flow, at }) => {
    flow.price = add(flow.price, -1n);
    return place(`${at}/price`);
  },
  'charges the buyer a tick more': ({ flow, at }) => {
    flow.landed = add(flow.landed, 1n);
    flow.price = add(flow.price, 1n);
    return place(`${at}/landed`);
  },
  'moves a tick from price to duties': ({ flow, at }) => {
    flow.duties = add(flow.duties, 1n);
    flow.price = add(flow.price, -1n);
    return place(`${at}/duties`);
  },
  'leaves a trade out': (hit) => {
    const quarter = hit.proof.quarters.find(({ flows }) => flows.includes(hit.flow))!;
    quarter.flows = quarter.flows.filter((flow) => flow !== hit.flow);
    return place(`${inQuarter(hit)}/(primal|prices|flows)`);
  },
  'tells a trade twice': ({ proof, flow, at }) => {
    const flows = proof.quarters.find((quarter) => quarter.flows.includes(flow))!.flows;
    flows.push({ ...flow });
    return place(at.replace(/\d+$/, String(flows.length - 1)));
  },
  'leaves a quarter out': ({ proof, flow }) => {
    proof.quarters = proof.quarters.filter(({ flows }) => !flows.includes(flow));
    return place('/quarters$');
  },
  'rejects the seller for a condition it has not set': ({ proof, offer }) => {
    proof.rejected.push({ order: offer.id, code: 'minimum_lot' });
    return place('/rejected/0');
  },
  'raises the ask above the price': ({ proof, flow, offer, at }) => {
    offer.price.amount = tick(offer.price.amount, BigInt(flow.price));
    forgeDigest(proof);
    return place(`${at}/(price|landed)`);
  },
  'lowers the limit below the landed price': ({ proof, flow, bid, at }) => {
    bid.price.amount = tick('0.00', BigInt(flow.landed) - 1n);
    forgeDigest(proof);
    return place(`${at}/landed`);
  },
  'raises a limit that was filled by a tick': (hit) => {
    hit.bid.price.amount = tick(hit.bid.price.amount, 1n);
    forgeDigest(hit.proof);
    return place(`${inQuarter(hit)}/(primal|prices)`);
  },
  'swaps the limits of two bids': (hit) => {
    const other = hit.proof.snapshot.bids.find(({ price }) => price.amount !== hit.bid.price.amount);
    if (other === undefined || BigInt(other.price.amount.replace('.', '')) >= BigInt(hit.flow.landed))
      return undefined;
    [other.price, hit.bid.price] = [hit.bid.price, other.price];
    forgeDigest(hit.proof);
    return place(`${hit.at}/landed`);
  },
  'takes from the seller what it sold': ({ proof, offer, quarter, at }) => {
    offer.remaining.find((entry) => entry.quarter === quarter)!.quantity.amount = '0';
    forgeDigest(proof);
    return place(`${at}/lots`);
  },
  'drops the buyer': ({ proof, bid, at }) => {
    proof.snapshot.bids = proof.snapshot.bids.filter(({ id }) => id !== bid.id);
    forgeDigest(proof);
    return place(`${at}/bid`);
  },
  'adds a buyer who would have paid more': (hit) => {
    const price = { ...hit.bid.price, amount: '9999.00' };
    hit.proof.snapshot.bids.push({ ...hit.bid, id: 'bid_overlooked', group: 'nobody', price });
    forgeDigest(hit.proof);
    return place(`${inQuarter(hit)}/prices`);
  },
  'adds a seller who would have taken less': (hit) => {
    const group = 'nobody';
    const { bid, proof } = hit;
    const zones = proof.snapshot.zones.filter(({ members }) => members.includes(bid.destination));
    // Where a floor binds, the reserve does not follow the ask; where a cap does, nobody may be overlooked.
    if (zones.some(({ id }) => proof.snapshot.floors.some(({ zone }) => zone === id))) return undefined;
    if (bid.maxOriginShare) return undefined;
    const price = { ...hit.offer.price, amount: '0.01' };
    proof.snapshot.offers.push({ ...hit.offer, id: 'off_overlooked', group, price });
    forgeDigest(proof);
    return place(`${inQuarter(hit)}/prices`);
  },
  'revokes the certificates of the seller': ({ proof, bid, site, at }) => {
    const own = proof.snapshot.certificates.filter((each) => each.site === site.id);
    if (own.length === 0 || !bid.requires) return undefined;
    for (const certificate of own) certificate.status = 'revoked';
    forgeDigest(proof);
    return place(at);
  },
  'lets the certificates of the seller run out': ({ proof, bid, site, at }) => {
    const own = proof.snapshot.certificates.filter((each) => each.site === site.id);
    if (own.length === 0 || !bid.requires) return undefined;
    for (const certificate of own) certificate.validTo = '2026-12-31';
    forgeDigest(proof);
    return place(at);
  },
  'bars the origin': ({ proof, bid, site, at }) => {
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    if (zone === undefined) return undefined;
    zone.barredOrigins = [...(zone.barredOrigins ?? []), site.country];
    forgeDigest(proof);
    return place(at);
  },
  'has the bid exclude the origin': ({ proof, bid, site, at }) => {
    bid.excludedOrigins = [...(bid.excludedOrigins ?? []), site.country];
    forgeDigest(proof);
    return place(at);
  },
  'has the bid ask for a purity': ({ proof, bid, at }) => {
    bid.minimumPurity = '99.9';
    forgeDigest(proof);
    return place(at);
  },
  'makes them one group': ({ proof, offer, bid, at }) => {
    offer.group = bid.group;
    forgeDigest(proof);
    return place(at);
  },
  'indexes the price of one of them': ({ proof, offer, at }) => {
    offer.priceTerms = { kind: 'indexed', reference: 'ndpr' };
    forgeDigest(proof);
    return place(at);
  },
  'withdraws the reference price of the day': ({ proof, offer, bid, at }) => {
    for (const order of [offer, bid]) order.priceTerms = { kind: 'indexed', reference: 'ndpr' };
    proof.snapshot.references = [{ id: 'ndpr', status: 'held' }];
    forgeDigest(proof);
    return place(at);
  },
  'caps the price for the buyer, not for the seller': ({ proof, offer, bid, at }) => {
    const { amount } = bid.price;
    for (const order of [offer, bid]) order.priceTerms = { kind: 'indexed', reference: 'ndpr' };
    bid.priceTerms = { kind: 'indexed', reference: 'ndpr', cap: { ...bid.price, amount } };
    proof.snapshot.references = [
      { id: 'ndpr', status: 'available', price: { ...bid.price }, fixing: { price: { ...bid.price } } },
    ];
    forgeDigest(proof);
    return place(at);
  },
  'has the seller deliver elsewhere': ({ proof, offer, at }) => {
    offer.destinations = ['FR'];
    forgeDigest(proof);
    return place(at);
  },
  'accepts verified sites only': ({ proof, bid, site, at }) => {
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    if (zone === undefined) return undefined;
    zone.verifiedSitesOnly = true;
    site.verified = false;
    forgeDigest(proof);
    return place(at);
  },
  'doubles the floor': (hit) => {
    const { proof, bid, site } = hit;
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    const floor = proof.snapshot.floors.find((each) => each.zone === zone?.id);
    if (floor === undefined || !(floor.borderAdjusted || zone?.members.includes(site.country)))
      return undefined;
    floor.price.amount = '999.00';
    forgeDigest(proof);
    return place(`${hit.at}/landed`);
  },
  'repeals the floor that made the levy': ({ proof, flow, at }) => {
    if (flow.levy === '0') return undefined;
    for (const floor of proof.snapshot.floors) floor.status = 'proposed';
    proof.snapshot.product.floorRequired = false;
    forgeDigest(proof);
    return place(`${at}/landed`);
  },
  'adds a duty': (hit) => {
    const { proof, bid, site } = hit;
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    const floor = proof.snapshot.floors.find((each) => each.zone === zone?.id);
    if (floor === undefined) return undefined;
    floor.duties = [{ origin: site.country, rate: '0.99' }];
    forgeDigest(proof);
    return place(hit.at);
  },
  'requires a floor where none is': ({ proof, bid, at }) => {
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    if (zone === undefined || proof.snapshot.floors.some((each) => each.zone === zone.id)) return undefined;
    proof.snapshot.product.floorRequired = true;
    forgeDigest(proof);
    return place(at);
  },
  'caps the origin below what is bought from it': ({ proof, bid, at }) => {
    bid.maxOriginShare = '0.000001';
    forgeDigest(proof);
    return place(`${at}/lots`);
  },
  'caps the zone below what it takes from the origin': ({ proof, bid, site, quarter, at }) => {
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    if (zone === undefined || zone.members.includes(site.country)) return undefined;
    const quantity = { ...bid.remaining[0]!.quantity, amount: '1000' };
    const { product } = proof.snapshot;
    zone.maxOriginShare = '0.65';
    proof.snapshot.consumption.push({
      zone: zone.id,
      product: product.id,
      quarters: [{ quarter, quantity }],
    });
    const used = { origin: site.country, destination: bid.destination, quarter };
    proof.snapshot.originUse = [{ ...used, quantity: { ...quantity, amount: '650' } }];
    forgeDigest(proof);
    return place(`${at}/lots`);
  },
  'declares no consumption of a zone that caps': ({ proof, bid, site, at }) => {
    const zone = proof.snapshot.zones.find(({ members }) => members.includes(bid.destination));
    if (zone === undefined || zone.members.includes(site.country)) return undefined;
    zone.maxOriginShare = '0.65';
    forgeDigest(proof);
    return place(at);
  },
  'closes the gate after the quarter has begun': ({ proof }) => {
    proof.snapshot.gateClosure = '2027-12-31T00:00:00.000Z';
    forgeDigest(proof);
    return place('/quarters$');
  },
  'lets the bid expire before gate closure': ({ proof, bid, at }) => {
    bid.validUntil = proof.snapshot.gateClosure;
    forgeDigest(proof);
    return place(`${at}/lots`);
  },
};

/** The trade of a proof that a tampering is tried on. */
export function hitOf(proof: Tampered, choice: number): Hit | undefined {
  const all = proof.quarters.flatMap(({ quarter, flows }, index) =>
    flows.map((flow, line) => ({ flow, quarter, at: `/quarters/${index}/flows/${line}` })),
  );
  // Levies are rare: half of the time one of them is looked for.
  const levied = choice % 2 === 0 ? all.filter(({ flow }) => flow.levy !== '0') : [];
  const among = levied.length > 0 ? levied : all;
  const chosen = among[(choice >> 1) % among.length];
  if (chosen === undefined) return undefined;
  const offer = proof.snapshot.offers.find(({ id }) => id === chosen.flow.offer)!;
  const bid = proof.snapshot.bids.find(({ id }) => id === chosen.flow.bid)!;
  const site = proof.snapshot.sites.find(({ id }) => id === offer.site)!;
  return { proof, ...chosen, offer, bid, site };
}
