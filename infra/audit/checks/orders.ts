import type { Instant } from '../../../shared/kernel/time.ts';
import { addDays, dateOf } from '../../../shared/kernel/time.ts';
import { isPast } from '../../../shared/orders/order.ts';
import { must } from '../../../shared/kernel/result.ts';
import { lotsOf } from '../../../shared/pricing/product-terms.ts';
import type { Product } from '../../../shared/reference/product.ts';
import type { MemberEntry } from '../../../shared/store/orders/member-entry.ts';
import { originKey } from '../../../shared/store/orders/order-item.ts';
import type { AuditedContract, AuditedOrder, Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

type Lots = ReadonlyMap<string, bigint>;

/** Lots by quarter that contracts take. */
function takenBy(contracts: readonly AuditedContract[], product: Product): Map<string, bigint> {
  const lots = new Map<string, bigint>();
  for (const { schedule } of contracts)
    for (const { quarter, quantity } of schedule)
      lots.set(quarter, (lots.get(quarter) ?? 0n) + must(lotsOf(quantity, product)));
  return lots;
}

/** Orders, their place in the book, their sites, and what zones' caps count, held against the contracts. */
export function* checkOrders(evidence: Evidence, at: Instant): Generator<Finding> {
  const byOrder = new Map<string, AuditedContract[]>();
  for (const contract of evidence.contracts.values())
    for (const order of [contract.offer, contract.bid]) {
      const own = byOrder.get(order) ?? [];
      own.push(contract);
      byOrder.set(order, own);
    }
  for (const order of evidence.orders.values()) {
    const product = evidence.product(order.product);
    if (product === undefined) {
      yield finding('unreadable', `ORDER#${order.id}`, `there is no product ${order.product}`);
      continue;
    }
    const contracts = byOrder.get(order.id) ?? [];
    yield* balance(order, takenBy(contracts, product));
    if (order.kind === 'bid') yield* origins(order, contracts, product);
    if (order.state.members !== undefined) yield* members(order, contracts, product);
    yield* inBook(order, evidence, at);
  }
  for (const [id, product] of evidence.book)
    if (!evidence.orders.has(id))
      yield finding('order_book', `BOOK#${product} ${id}`, 'there is no such order');
  yield* originUse(evidence);
}

function* balance({ id, state: { requested, remaining } }: AuditedOrder, taken: Lots): Generator<Finding> {
  const quarters = new Set([...Object.keys(requested), ...Object.keys(remaining), ...taken.keys()]);
  for (const quarter of [...quarters].sort()) {
    const asked = requested[quarter] ?? 0n;
    const left = remaining[quarter] ?? 0n;
    const contracted = taken.get(quarter) ?? 0n;
    if (left < 0n || asked !== left + contracted)
      yield finding(
        'order_balance',
        `ORDER#${id}`,
        `${quarter}: ${asked} lots asked for, ${left} remaining, ${contracted} in contracts`,
      );
  }
}

function* origins(
  { id, state }: AuditedOrder,
  contracts: readonly AuditedContract[],
  product: Product,
): Generator<Finding> {
  const taken = new Map<string, bigint>();
  for (const { origin, schedule } of contracts)
    for (const { quarter, quantity } of schedule) {
      const key = originKey(quarter, origin);
      taken.set(key, (taken.get(key) ?? 0n) + must(lotsOf(quantity, product)));
    }
  yield* differences('order_origins', `ORDER#${id}`, new Map(Object.entries(state.byOrigin ?? {})), taken);
}

function* members(
  { id, state }: AuditedOrder,
  contracts: readonly AuditedContract[],
  product: Product,
): Generator<Finding> {
  const entries = Object.entries(state.members ?? {});
  const sums = (of: (member: MemberEntry) => Readonly<Record<string, bigint>>): Map<string, bigint> => {
    const lots = new Map<string, bigint>();
    for (const [, member] of entries)
      for (const [quarter, count] of Object.entries(of(member)))
        lots.set(quarter, (lots.get(quarter) ?? 0n) + count);
    return lots;
  };
  const subject = `ORDER#${id}`;
  yield* differences(
    'pool_members',
    subject,
    new Map(Object.entries(state.requested)),
    sums((m) => m.requested),
  );
  yield* differences(
    'pool_members',
    subject,
    new Map(Object.entries(state.remaining)),
    sums((member) => member.state.remaining),
  );
  const known = new Set(entries.map(([member]) => member));
  for (const { id: contract, member } of contracts)
    if (member === undefined || !known.has(member))
      yield finding('pool_members', subject, `${contract} is of a member that the pool does not have`);
  for (const [member, { requested, state: own }] of entries) {
    const taken = takenBy(
      contracts.filter((contract) => contract.member === member),
      product,
    );
    const left = new Map(
      Object.entries(requested).map(([quarter, lots]) => [quarter, lots - (own.remaining[quarter] ?? 0n)]),
    );
    yield* differences('pool_members', `${subject} ${member}`, left, taken);
  }
}

function* inBook(
  { id, product, state, validUntil }: AuditedOrder,
  evidence: Evidence,
  at: Instant,
): Generator<Finding> {
  const entry = evidence.book.get(id);
  const subject = `ORDER#${id}`;
  const isOpen = state.status === 'open';
  const mayBeJoined = state.members !== undefined && state.closing === undefined;
  // Some clock may find expired what is so within a day.
  const mayTrade =
    (validUntil === undefined || dateOf(validUntil) > addDays(dateOf(at), 1)) &&
    (mayBeJoined || !isPast(new Map(Object.entries(state.remaining)), dateOf(at)));
  // The first clearing that meets an expired or past order takes it off the book; until then it may be there.
  if (isOpen && entry === undefined && mayTrade)
    yield finding('order_book', subject, 'it is open, and not in the book');
  // What a run fills leaves the book before the run is closed.
  const control = evidence.controls.get(product);
  const isLeaving = state.status === 'filled' && control?.phase === 'applying' && state.lock === control.run;
  if (entry !== undefined && (!(isOpen || isLeaving) || entry !== product))
    yield finding('order_book', subject, `it is ${state.status}, and in the book of ${entry}`);
}

/** While a run is applied, its contracts are not counted yet. */
function* originUse(evidence: Evidence): Generator<Finding> {
  const byProduct = Map.groupBy(evidence.contracts.values(), ({ product }) => product);
  for (const id of new Set([...byProduct.keys(), ...evidence.use.keys()])) {
    const product = evidence.product(id);
    if (product === undefined || (evidence.controls.get(id)?.phase ?? 'idle') !== 'idle') continue;
    const delivered = new Map<string, bigint>();
    for (const { origin, destination, schedule } of byProduct.get(id) ?? [])
      for (const { quarter, quantity } of schedule) {
        const lane = `${quarter} ${origin}>${destination}`;
        delivered.set(lane, (delivered.get(lane) ?? 0n) + must(lotsOf(quantity, product)));
      }
    yield* differences('origin_use', `MARKET#${id}`, evidence.use.get(id) ?? new Map(), delivered);
  }
}

/** Where what is on record is not what contracts come to; nothing and zero are the same. */
function* differences(
  check: 'order_origins' | 'pool_members' | 'origin_use',
  subject: string,
  recorded: Lots,
  counted: Lots,
): Generator<Finding> {
  for (const key of [...new Set([...recorded.keys(), ...counted.keys()])].sort()) {
    const [on, of] = [recorded.get(key) ?? 0n, counted.get(key) ?? 0n];
    if (on !== of) yield finding(check, subject, `${key}: ${on} lots on record, ${of} counted`);
  }
}
