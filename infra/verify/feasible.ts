import { rowsOf } from './book.ts';
import { many, type Case, type Trade } from './case.ts';
import { rootOf } from './digest.ts';

/** What was cleared is what the digest says. */
export function counted({ proof, fail }: Case): string {
  const { snapshot, inputDigest, clearing } = proof;
  const root = rootOf(snapshot);
  if (root !== inputDigest) fail('/inputDigest', `the Merkle root of the snapshot is ${root}`);
  if (snapshot.clearing !== clearing) fail('/clearing', `the snapshot is that of ${snapshot.clearing}`);
  const orders = many(snapshot.offers.length + snapshot.bids.length, 'order');
  return `${orders}, with all rules: their Merkle root is the digest ${root}`;
}

/** Every quarter that could clear is there, none that has begun, and nobody trades more than it has open. */
export function feasible({ proof, book, trades, rejected, fail }: Case): string {
  const named = proof.quarters.map(({ quarter }) => quarter);
  if (named.join() !== book.quarters.join())
    fail(
      '/quarters',
      `the open orders are for ${book.quarters.join(', ') || 'no quarter'}, not ${named.join(', ')}`,
    );
  const taken = new Tally();
  const seen = new Set<string>();
  for (const { at, quarter, pair, offer, bid, lots } of trades) {
    if (seen.has(`${quarter} ${pair}`)) fail(at, 'this offer and bid trade in this quarter already');
    seen.add(`${quarter} ${pair}`);
    if (lots === 0n) fail(`${at}/lots`, 'a trade of nothing');
    for (const order of [offer, bid]) {
      const { id } = order.json;
      const open = order.lots.get(quarter) ?? 0n;
      if (rejected.has(id)) fail(at, `${id} was rejected and trades`);
      if (taken.add(`${quarter} ${id}`, lots) > open)
        fail(`${at}/lots`, `${id} has ${open} lots open in ${quarter} and trades more`);
    }
  }
  const lots = trades.reduce((all, trade) => all + trade.lots, 0n);
  return `${many(trades.length, 'trade')} of ${many(lots, 'whole lot')} in ${many(named.length, 'quarter')} not begun: nobody sells or buys more than it had open`;
}

/** Every trade keeps every rule of its quarter and destination. */
export function eligible({ proof, measure, trades, rules, began, fail }: Case): string {
  for (const [index, { status, price, fixing }] of (proof.snapshot.references ?? []).entries())
    if (status === 'available' && !(price && fixing && measure.isPriceOf(price, fixing.price)))
      fail(`/snapshot/references/${index}/price`, "is not the fixed price in the product's own unit");
  for (const { at, pair, offer, bid, quarter } of trades) {
    const refusal = rules.refusal(offer, bid, quarter, began.get(pair));
    if (refusal !== undefined) fail(at, `may not trade: ${refusal}`);
  }
  return `${many(trades.length, 'trade')}: origin, destination, purity, price terms, related parties, site, standards and certificates as the rules and the bid ask`;
}

/** Nobody takes more from one origin than it, or its zone, allows, earlier contracts counted. */
export function capped({ trades, rules, fail }: Case): string {
  const taken = new Tally();
  const caps = new Set<string>();
  const check = (
    { at, quarter, lots }: Trade,
    whose: string,
    origin: string,
    cap: bigint | undefined,
  ): void => {
    if (cap === undefined) return;
    const key = `${quarter} ${whose} ${origin}`;
    caps.add(key);
    if (taken.add(key, lots) > cap)
      fail(`${at}/lots`, `${whose} may take ${cap} lots more from ${origin}, not more`);
  };
  for (const trade of trades) {
    const { offer, bid, quarter } = trade;
    check(trade, bid.json.id, offer.origin, rules.bidCap(bid, offer.origin, quarter));
    for (const zone of rules.lane(offer.origin, bid.json.destination).caps)
      check(trade, zone, offer.origin, rules.zoneCap(zone, offer.origin, quarter) ?? 0n);
  }
  return `${many(caps.size, 'origin cap')} of bids and zones: kept, earlier contracts counted`;
}

const conditions: Readonly<Record<string, 'minimumLot' | 'allOrNone' | 'minimumQuarters'>> = {
  ...{ minimum_lot: 'minimumLot', all_or_none: 'allOrNone', minimum_quarters: 'minimumQuarters' },
};

/** Least lots, all or none, and consecutive quarters; and only orders that set a condition were rejected by it. */
export function conditioned({ proof, book, trades, rejected, fail }: Case): string {
  const orders = [...book.offers.values(), ...book.bids.values()];
  const byId = new Map(orders.map((order) => [order.json.id, order]));
  for (const [index, { order, code }] of proof.rejected.entries()) {
    const condition = conditions[code];
    const set = condition && byId.get(order)?.json[condition];
    if (set === undefined || set === null || set === false)
      fail(`/rejected/${index}`, `${order} sets no condition by which it could be rejected as ${code}`);
  }
  const sold = new Tally();
  const schedules = Map.groupBy(trades, ({ pair }) => pair);
  for (const { at, offer, bid, lots } of trades)
    for (const order of [offer, bid]) {
      sold.add(order.json.id, lots);
      if (lots < order.minimumLot)
        fail(`${at}/lots`, `${order.json.id} asks for ${order.minimumLot} at least`);
    }
  for (const schedule of schedules.values()) {
    const { offer, bid } = schedule[0]!;
    const least = Math.max(offer.json.minimumQuarters ?? 1, bid.json.minimumQuarters ?? 1);
    const rows = rowsOf(schedule.map(({ quarter }) => quarter));
    const run = Math.min(...rows.map((row) => row.length));
    if (run < least) fail(schedule[0]!.at, `runs for ${run} quarters where ${least} in a row are asked for`);
  }
  for (const { at, json, lots } of orders) {
    const all = [...lots.values()].reduce((total, each) => total + each, 0n);
    const total = sold.add(json.id, 0n);
    if (json.allOrNone === true && total > 0n && total < all)
      fail(`${at}/allOrNone`, `${json.id} trades ${total} of ${all} lots`);
  }
  const asked = orders.filter(({ json }) => Object.values(conditions).some((name) => json[name])).length;
  return `${many(asked, 'order')} with conditions: kept; ${rejected.size.toLocaleString('en')} rejected for one`;
}

/** Running sums by name. */
class Tally {
  readonly #sums = new Map<string, bigint>();

  add(key: string, lots: bigint): bigint {
    const total = (this.#sums.get(key) ?? 0n) + lots;
    this.#sums.set(key, total);
    return total;
  }
}
