import { contractId } from '../../../shared/clearing/documents/conclude.ts';
import { chainHolds } from '../../../shared/contracts/chain.ts';
import { statusOf } from '../../../shared/contracts/life.ts';
import { waterfallParts } from '../../../shared/contracts/contract.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, decimal, formatDecimal, tenTo } from '../../../shared/kernel/decimal.ts';
import { instantOf, millisecondsOf } from '../../../shared/kernel/time.ts';
import type { Floor } from '../../../shared/pricing/floor.ts';
import { isInForce } from '../../../shared/pricing/floor.ts';
import type { Zone } from '../../../shared/reference/zone.ts';
import { hasEquivalentFloor } from '../../../shared/reference/zone.ts';
import type { AuditedContract, AuditedOrder, Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** Each contract: whose it is, what its prices add up to, which rules it was under, and what has become of it. */
export function* checkContracts(evidence: Evidence): Generator<Finding> {
  for (const contract of evidence.contracts.values()) {
    yield* parties(evidence, contract);
    yield* prices(contract);
    yield* floors(evidence, contract);
    yield* limits(evidence, contract);
    yield* chain(contract);
  }
}

const subjectOf = ({ id }: AuditedContract): string => `CONTRACT#${id}`;

function* parties(evidence: Evidence, contract: AuditedContract): Generator<Finding> {
  const { offer, bid, member, programme, product, seller, buyer, clearing } = contract;
  const wrong = (detail: string): Finding => finding('contract_orders', subjectOf(contract), detail);
  const [sold, bought] = [evidence.orders.get(offer), evidence.orders.get(bid)];
  if (sold?.kind !== 'offer' || sold.product !== product || sold.owner !== seller)
    yield wrong(`${offer} is no offer of ${seller} for ${product}`);
  const buyerOf = member === undefined ? bought?.owner : bought?.state.members?.[member]?.organisation;
  if (bought?.kind !== 'bid' || bought.product !== product || buyerOf !== buyer)
    yield wrong(`${bid} is no bid of ${buyer} for ${product}`);
  const hangs = sold?.conditional === true;
  if (hangs !== (contract.conditional !== undefined) || (hangs && bought?.conditional !== true))
    yield wrong('it hangs on conditions otherwise than its offer does, or its bid does not accept any');
  const parts = [member, programme].filter((part) => part !== undefined);
  const run = evidence.runs.get(clearing);
  if (run === undefined) yield wrong(`${clearing} has never run`);
  else if (contractId(product, run, offer, bid, ...parts) !== contract.id)
    yield wrong('its id does not follow from what it is a contract of');
}

const sum = (...values: readonly Decimal[]): Decimal => {
  const scale = Math.max(0, ...values.map((value) => value.scale));
  return {
    units: values.reduce((total, value) => total + value.units * tenTo(scale - value.scale), 0n),
    scale,
  };
};
const same = (a: Decimal, b: Decimal): boolean => compareDecimal(a, b) === 0;
const less = (a: Decimal, b: Decimal): boolean => compareDecimal(a, b) < 0;
const minus = (a: Decimal, b: Decimal): Decimal => sum(a, { units: -b.units, scale: b.scale });
const times = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale });

function* prices(contract: AuditedContract): Generator<Finding> {
  const wrong = (detail: string): Finding => finding('contract_prices', subjectOf(contract), detail);
  for (const { quarter, price, landedPrice, waterfall, interval } of contract.schedule) {
    const { ask, floorUplift, scarcity, duties, levy, landed } = waterfall;
    if (!same(sum(ask, floorUplift, scarcity), price.amount))
      yield wrong(`${quarter}: ask, floor uplift and scarcity do not make the price`);
    if (!same(sum(price.amount, duties, levy), landed) || !same(landed, landedPrice.amount))
      yield wrong(`${quarter}: price, duties and levy do not make the landed price`);
    if (less(landed, interval.low.amount) || less(interval.high.amount, landed))
      yield wrong(`${quarter}: the landed price lies outside its interval`);
  }
  for (const part of waterfallParts) {
    const total = sum(
      ...contract.schedule.map(({ quantity, waterfall }) => times(quantity.amount, waterfall[part])),
    );
    if (!same(total, contract.totals[part].amount))
      yield wrong(`the total of ${part} is not the sum of its quarters`);
  }
}

/**
 * The floor in force at gate closure in the destination's zone is the contract's; its price is not below it where the
 * origin is bound by the hard floor, and its landed price is not where a levy makes up the difference.
 */
function* floors(evidence: Evidence, contract: AuditedContract): Generator<Finding> {
  const { concludedAt, destination, product, floor } = contract;
  const wrong = (detail: string): Finding => finding('contract_floor', subjectOf(contract), detail);
  const zones = evidence
    .ofKind('zone')
    .flatMap(({ versions }) => lastBy(versions as readonly Zone[], concludedAt) ?? [])
    .filter((zone) => zone.members.includes(destination));
  // A floor acts on gate closures after its approval: what it took over from acted until then.
  const before = instantOf(millisecondsOf(concludedAt) - 1);
  const inForce = evidence
    .ofKind('floor')
    .flatMap(({ versions }) => lastBy(versions as readonly Floor[], before) ?? [])
    .find(
      (each) =>
        each.product === product && zones.some(({ id }) => id === each.zone) && isInForce(each, concludedAt),
    );
  if (floor?.id !== inForce?.id || floor?.version !== inForce?.version)
    yield wrong(
      `it names ${floor?.id ?? 'no floor'}, in force was ${inForce === undefined ? 'none' : `${inForce.id}, version ${inForce.version}`}`,
    );
  if (inForce === undefined || floor?.id !== inForce.id) return;
  if (!same(floor.price.amount, inForce.price.amount))
    yield wrong('its floor is not that of the version it names');
  const zone = zones.find(({ id }) => id === inForce.zone);
  const inside = zone?.members.includes(contract.origin) === true;
  const equivalent = zone !== undefined && hasEquivalentFloor(zone, contract.origin, product);
  if (!inside && !inForce.borderAdjusted) return;
  const hard = inside || equivalent;
  for (const { quarter, price, landedPrice } of contract.schedule) {
    const held = hard ? price.amount : landedPrice.amount;
    if (less(held, inForce.price.amount))
      yield wrong(
        `${quarter}: ${hard ? 'price' : 'landed price'} ${formatDecimal(held)} under ${formatDecimal(inForce.price.amount)}`,
      );
  }
}

/** The version that stood at an instant. */
const lastBy = <T extends { readonly recordedAt: string }>(
  versions: readonly T[],
  at: string,
): T | undefined => versions.findLast(({ recordedAt }) => recordedAt <= at);

/** The seller gets at least what it asked, the buyer pays at most its limit, as both stood in the contract's run. */
function* limits(evidence: Evidence, contract: AuditedContract): Generator<Finding> {
  const run = evidence.runs.get(contract.clearing);
  const [offer, bid] = [evidence.orders.get(contract.offer), evidence.orders.get(contract.bid)];
  if (run === undefined || offer === undefined || bid === undefined) return;
  const [ask, limit] = [decimal(priceAt(offer, run)), decimal(priceAt(bid, run))];
  for (const { quarter, price, waterfall } of contract.schedule) {
    if (less(price.amount, ask) || !same(waterfall.ask, ask))
      yield finding(
        'contract_ask',
        subjectOf(contract),
        `${quarter}: ${formatDecimal(price.amount)} for an ask of ${formatDecimal(ask)}`,
      );
    const pays = minus(waterfall.landed, waterfall.support);
    if (less(limit, pays))
      yield finding(
        'contract_limit',
        subjectOf(contract),
        `${quarter}: ${formatDecimal(pays)} above the limit of ${formatDecimal(limit)}`,
      );
  }
}

/** An order's price as a run had it: of what it has been changed from since, the first that run saw. */
function priceAt({ price, state: { pricesAtRun = {} } }: AuditedOrder, run: number): string {
  const since = Object.keys(pricesAtRun)
    .map(Number)
    .filter((each) => each >= run)
    .sort((a, b) => a - b);
  return pricesAtRun[String(since[0])] ?? price;
}

const overStatuses: readonly string[] = ['completed', 'terminated'];

function* chain(contract: AuditedContract): Generator<Finding> {
  const { item, ...recorded } = contract;
  if (!chainHolds(recorded))
    yield finding('contract_chain', subjectOf(contract), 'its chain of events does not hold');
  const status = statusOf(contract.events);
  // Attributes come with the first event behind the conclusion.
  const listed = `${shown(item['status'] ?? 'concluded')} with ${shown(item['events'] ?? 1n)} events`;
  const left = `${status} with ${contract.events.length} events`;
  if (listed !== left)
    yield finding('contract_status', subjectOf(contract), `it is listed as ${listed}, and is ${left}`);
  if (!overStatuses.includes(status) && item['gsi3pk'] === undefined)
    yield finding('contract_due', subjectOf(contract), 'nobody will look at it again');
}

const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'bigint' ? String(value) : 'something else';
