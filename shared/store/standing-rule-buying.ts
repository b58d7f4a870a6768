import { landedInto } from '../clearing/documents/landed.ts';
import { destinationRules } from '../clearing/eligibility/trade-terms.ts';
import type { Contract } from '../contracts/contract.ts';
import type { Price } from '../kernel/money.ts';
import type { Result } from '../kernel/result.ts';
import { must, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import { concludedSteps } from '../stockpiles/contract-stock.ts';
import { targetQuantity } from '../stockpiles/cover.ts';
import type { FloorBuying } from '../stockpiles/standing-rule-orders.ts';
import { floorPurchase, monthlyPace, placedId } from '../stockpiles/standing-rule-orders.ts';
import type { StandingRule } from '../stockpiles/standing-rule.ts';
import { stepsOfLots, wholeSteps } from '../stockpiles/steps.ts';
import type { Stockpile, StockpileProduct } from '../stockpiles/stockpile.ts';
import { latestRuns } from './clearings.ts';
import { readContract } from './contracts.ts';
import { marketState } from './control.ts';
import type { Effect } from './effect.ts';
import { keys } from './keys.ts';
import { ownedSource } from './listing.ts';
import { readMarketConfiguration } from './market-configuration.ts';
import type { OrderTotals } from './order-totals.ts';
import { orderTotals } from './order-totals.ts';
import { postBid } from './post-order.ts';
import { readRevision } from './revision.ts';
import type { Asked, OfKind } from './standing-rule-answers.ts';
import { answered, ordered, placing, posting } from './standing-rule-answers.ts';
import { readBalances } from './stock-movements.ts';
import type { Table } from './table.ts';

export async function buyAtFloor(
  asked: Asked & {
    readonly terms: OfKind<'buy-at-floor'>;
    readonly stockpile: Stockpile;
    readonly rules: StockpileProduct;
  },
): Promise<Result<Effect<string | undefined>>> {
  const { table, rule, product, now, terms, stockpile, rules } = asked;
  const guard = keys.stockpilePace(stockpile.id, product.id);
  const revision = await readRevision(table, guard);
  if ((await marketState(table, product.id)).gateClosure !== undefined)
    // What a run takes is on record when it ends: it is asked again in a minute.
    return ok<Effect<undefined>>({ actions: [], value: undefined });
  const answer = must(floorPurchase(terms, await whatItRestsOn(asked, rules), product));
  if ('wait' in answer) return answered(asked, answer.wait);
  const { lots, price } = answer.place;
  const id = placedId('bid', rule, dateOf(now));
  const bid = postBid(posting(asked, id), {
    ...ordered(asked, terms, lots, product),
    ...{ destination: terms.destination, price, stockpile: stockpile.id },
  });
  const placed = await placing(asked, bid, { order: id, lots }, true);
  // The bid is posted on the count that it read: if that is still the one before, nobody else has bid meanwhile.
  return (await readRevision(table, guard)) === revision ? placed : buyAtFloor(asked);
}

async function whatItRestsOn(
  { table, rule, product, now, terms }: Asked & { readonly terms: OfKind<'buy-at-floor'> },
  rules: StockpileProduct,
): Promise<FloorBuying> {
  const [[run], balances, bids, contracts, { floor, isSame }] = await Promise.all([
    latestRuns(table, product.id, 1),
    readBalances(table, rule.stockpile, product),
    bidsOf(table, rule.stockpile, product, now),
    contractsFor(table, rule, product),
    rulesWhere(table, product, terms.destination, now),
  ]);
  const booked = await Promise.all(
    contracts.map(
      async ({ id }) => (await table.get(keys.stockpileContract(rule.stockpile, id))) !== undefined,
    ),
  );
  const steps = (of: readonly Contract[]): bigint =>
    of.reduce((sum, { schedule }) => sum + concludedSteps(schedule, product), 0n);
  // What has been contracted a moment ago, and is not booked as in transit yet.
  const unbooked = steps(contracts.filter((_, index) => booked[index] === false));
  const available = balances.free + balances.entitled + balances['in-transit'] + unbooked;
  const month = dateOf(now).slice(0, 7);
  return {
    landed: landedInto(run?.landed, isSame)?.low,
    floor,
    deficit: wholeSteps(must(targetQuantity(rules, product)), product) - available,
    openBids: bids.reduce((sum, { open }) => sum + stepsOfLots(open, product), 0n),
    pace: must(monthlyPace(rules, product)),
    boughtThisMonth: steps(contracts.filter(({ concludedAt }) => concludedAt.startsWith(month))),
  };
}

/** The floor in force where a rule buys for, and which other destinations the same zone decides for. */
async function rulesWhere(
  table: Table,
  product: Product,
  destination: string,
  now: Instant,
): Promise<{ readonly floor: Price | undefined; readonly isSame: (destination: string) => boolean }> {
  const asOf = now < product.recordedAt ? product.recordedAt : now;
  const configuration = await readMarketConfiguration(table, product.id, asOf);
  if (configuration === undefined) throw new Error(`there is no product ${product.id} at ${asOf}`);
  const { zones, floors, standards } = configuration;
  const rulesOf = (country: string) =>
    destinationRules(
      {
        product,
        gateClosure: asOf,
        zones: [...zones],
        floors: [...floors],
        standards: [...standards],
      },
      country,
    );
  const { zone, floor } = rulesOf(destination);
  return { floor: floor?.price, isSame: (other) => rulesOf(other).zone?.id === zone?.id };
}

async function bidsOf(
  table: Table,
  stockpile: string,
  product: Product,
  now: Instant,
): Promise<OrderTotals[]> {
  const { pk, sk: prefix } = keys.stockpileBid(stockpile, '');
  const entries = (await table.query(pk, { prefix })).filter((item) => item['product'] === product.id);
  const orders = await orderTotals(
    table,
    entries.map((item) => String(item['bid'])),
    now,
  );
  return [...orders.values()];
}

/** Contracts by which the operator buys the product for the stockpile, as the index lists them. */
async function contractsFor(table: Table, rule: StandingRule, product: Product): Promise<Contract[]> {
  const { pk, sk: prefix } = keys.stockpileBid(rule.stockpile, '');
  const bids = new Set((await table.query(pk, { prefix })).map((item) => String(item['bid'])));
  const source = ownedSource(table, rule.operator, 'bought');
  const found: Contract[] = [];
  let after: string | undefined;
  for (;;) {
    const located = await source(after, 500);
    for (const { pk: of } of located) {
      const contract = await readContract(table, of.slice('CONTRACT#'.length));
      if (contract?.product === product.id && bids.has(contract.bid)) found.push(contract);
    }
    after = located.at(-1)?.position;
    if (located.length < 500 || after === undefined) return found;
  }
}
