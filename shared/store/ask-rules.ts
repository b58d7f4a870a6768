import { landedInto } from '../clearing/documents/landed.ts';
import { destinationRules } from '../clearing/eligibility/trade-terms.ts';
import type { Contract } from '../contracts/contract.ts';
import type { Price } from '../kernel/money.ts';
import { quarterFromNumber, quarterNumber, quarterOf } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { must, ok } from '../kernel/result.ts';
import type { Clock, Instant } from '../kernel/time.ts';
import { addDays, dateOf } from '../kernel/time.ts';
import { nextVersion } from '../kernel/version.ts';
import { quantityOf } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';
import { concludedSteps } from '../stockpiles/contract-stock.ts';
import { targetQuantity } from '../stockpiles/cover.ts';
import type { Placed, StandingRule, StandingRuleTerms } from '../stockpiles/standing-rule.ts';
import { placedKept } from '../stockpiles/standing-rule.ts';
import type { FloorBuying, RotatedSoFar, Wait } from '../stockpiles/standing-rule-orders.ts';
import { floorPurchase, monthlyPace, nextRotation, placedId } from '../stockpiles/standing-rule-orders.ts';
import type { StockLot } from '../stockpiles/stock-lot.ts';
import { stepsOfLots, wholeSteps } from '../stockpiles/steps.ts';
import type { Stockpile, StockpileProduct } from '../stockpiles/stockpile.ts';
import { productRules } from '../stockpiles/stockpile.ts';
import { latestRuns } from './clearings.ts';
import { marketState } from './control.ts';
import { readContract } from './contracts.ts';
import type { Effect, Plan } from './effect.ts';
import { perform } from './effect.ts';
import { keys } from './keys.ts';
import { ownedSource } from './listing.ts';
import { readMarketConfiguration } from './market-configuration.ts';
import { readOrderState } from './order-item.ts';
import { contractedLots, lotsMap, productOf } from './orders.ts';
import { postBid, postOffer } from './post-order.ts';
import { readRevision } from './revision.ts';
import { authorOfRule } from './standing-rules.ts';
import { gradeOfLots } from './stock-grade.ts';
import { heldLots } from './stock-issue.ts';
import { readBalances } from './stock-movements.ts';
import { putStockRecord, readStockRecord, ruleRecords, rulesToAsk } from './stock-records.ts';
import { readStockpile } from './stockpiles.ts';
import type { Table } from './table.ts';

/*
 * Standing rules are asked once a day. What a rule places is an ordinary order of its operator, posted in one transaction with
 * the rule's record of it, under an id that follows from rule, day and lot: two who ask at once place one order, and whoever
 * stops in between has placed none, or one that is on record.
 */

/** Orders that one rule places in a day at most. */
const mostOrders = 20;
const rulesAtOnce = 50;

/** Asks every active rule that has not been asked today; answers what was placed. One that fails is told, and holds up no other. */
export async function askRules(
  table: Table,
  clock: Clock,
  failed: (rule: string, error: unknown) => void,
): Promise<string[]> {
  const placed: string[] = [];
  for (const id of await rulesToAsk(table, dateOf(clock()), rulesAtOnce))
    try {
      for (let turn = 0; turn <= mostOrders; turn += 1) {
        const order = await perform(table, askPlan(table, clock(), id, turn === mostOrders));
        if (!order.ok) throw new Error(order.problem.detail);
        if (order.value === undefined) break;
        placed.push(order.value);
      }
    } catch (error) {
      failed(id, error);
    }
  return placed;
}

type Order = Omit<Placed, 'day' | 'quantity'> & { readonly lots: bigint };

interface Asked {
  readonly table: Table;
  readonly rule: StandingRule;
  readonly product: Product;
  readonly now: Instant;
}

/** One order more, or the day's answer; `undefined` where it has been asked already, or is asked no more. */
const askPlan =
  (table: Table, at: Instant, id: string, isEnough: boolean): Plan<string | undefined> =>
  async () => {
    const rule = await readStockRecord(table, ruleRecords, id);
    if (rule === undefined) throw new Error(`${id} is to be asked, and not there`);
    const { at: now } = authorOfRule({ subject: id, at }, rule);
    const today = dateOf(now);
    if (rule.status !== 'active' || (rule.asked?.day ?? '') >= today)
      return ok({ actions: [], value: undefined });
    const asked = { table, rule, product: await productOf(table, rule.terms.product), now };
    const stockpile = await readStockpile(table, rule.stockpile);
    const rules = stockpile && productRules(stockpile, asked.product.id, today);
    if (stockpile?.status !== 'active' || rules === undefined)
      return answered(asked, {
        code: 'not_held',
        detail: 'The stockpile does not hold the product any more.',
      });
    if (isEnough) return answered(asked, placedAll);
    const { terms } = rule;
    return terms.kind === 'buy-at-floor'
      ? buyAtFloor({ ...asked, terms, stockpile, rules })
      : rotate({ ...asked, terms, stockpile });
  };

const placedAll: Wait = { code: 'placed', detail: 'What was to be placed has been placed.' };

/** The rule after an answer, or an order of it. */
const next = ({ rule, now }: Asked, wait: Wait | undefined, placed: readonly Placed[]): StandingRule => ({
  ...rule,
  ...(wait === undefined ? {} : { asked: { day: dateOf(now), at: now, ...wait } }),
  placed: [...rule.placed, ...placed].slice(-placedKept),
  ...nextVersion(rule, { subject: rule.id, at: now }),
});

const answered = (asked: Asked, wait: Wait) =>
  ok<Effect<undefined>>({ actions: putStockRecord(ruleRecords, next(asked, wait, [])), value: undefined });

/** The order's own plan with the rule's record of it; where the order is refused, that is the day's answer. */
async function placing(
  asked: Asked,
  plan: Plan<{ readonly id: string }>,
  { lots, ...order }: Order,
  isLast: boolean,
) {
  const planned = await plan();
  if (!planned.ok) return answered(asked, { code: planned.problem.code, detail: planned.problem.detail });
  const { rule, product, now } = asked;
  const placed = { ...order, day: dateOf(now), quantity: quantityOf(lots, product) };
  const { actions } = planned.value;
  return ok<Effect<string>>({
    actions: [
      ...actions,
      ...putStockRecord(ruleRecords, next(asked, isLast ? placedAll : undefined, [placed])),
    ],
    value: rule.id,
  });
}

const posting = ({ table, rule, now }: Asked, id: string) => ({
  ...{ table, at: now, rule: rule.id, newId: () => id },
  caller: { subject: rule.id, organisation: rule.operator, roles: ['stockpile-operator'] as const },
});

const ordered = (
  { now }: Asked,
  { product: id, quartersAhead, validDays }: StandingRuleTerms,
  lots: bigint,
  product: Product,
) => {
  const quarter = quarterFromNumber(quarterNumber(quarterOf(dateOf(now))) + quartersAhead);
  return {
    product: id,
    delivery: { schedule: [{ quarter, quantity: quantityOf(lots, product) }] },
    validUntil: `${addDays(dateOf(now), validDays)}T00:00:00.000Z`,
  };
};

type OfKind<K extends StandingRuleTerms['kind']> = Extract<StandingRuleTerms, { kind: K }>;

async function buyAtFloor(
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

const total = (lots: Iterable<bigint>): bigint => [...lots].reduce((sum, count) => sum + count, 0n);

/** Of an order: what it still asks for, and what it has contracted. In lots. */
interface Told {
  readonly open: bigint;
  readonly contracted: bigint;
}

async function ordersOf(table: Table, ids: readonly string[], now: Instant): Promise<Map<string, Told>> {
  const items = await table.getMany(ids.map((id) => keys.order(id)));
  return new Map(
    items.map((item) => {
      const state = readOrderState(item);
      const { validUntil } = item['body'] as { validUntil?: string };
      const isOpen = state.status === 'open' && (validUntil === undefined || validUntil > now);
      return [
        String(item['pk']).slice('ORDER#'.length),
        {
          open: isOpen ? total(lotsMap(state.remaining).values()) : 0n,
          contracted: total(contractedLots(state).values()),
        },
      ];
    }),
  );
}

async function bidsOf(table: Table, stockpile: string, product: Product, now: Instant): Promise<Told[]> {
  const { pk, sk: prefix } = keys.stockpileBid(stockpile, '');
  const entries = (await table.query(pk, { prefix })).filter((item) => item['product'] === product.id);
  const orders = await ordersOf(
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

async function rotate(
  asked: Asked & { readonly terms: OfKind<'rotate'>; readonly stockpile: Stockpile },
): Promise<Result<Effect<string | undefined>>> {
  const { table, rule, product, now, terms, stockpile } = asked;
  if (rule.placed.length >= placedKept)
    return answered(asked, {
      code: 'too_many_orders',
      detail: 'It has placed as many orders as it may: end it.',
    });
  const [lots, orders] = await Promise.all([
    heldLots(table, stockpile, product.id),
    ordersOf(
      table,
      rule.placed.map(({ order }) => order),
      now,
    ),
  ]);
  const today = dateOf(now);
  const step = nextRotation(terms, lots, (lot) => soFar(rule, lot, orders), product, today);
  if (step === undefined) {
    const isPlaced = rule.placed.some(({ day }) => day === today);
    const none = {
      code: 'nothing_to_rotate',
      detail: 'No lot near its end is without a replacement asked for.',
    };
    return answered(asked, isPlaced ? placedAll : none);
  }
  const { lot, lots: count } = step;
  const order = ordered(asked, terms, count, product);
  if (step.step === 'sell') {
    const id = placedId('offer', rule, today, lot.id);
    const offer = postOffer(posting(asked, id), { ...order, price: terms.ask, stockLot: lot.id });
    return placing(asked, offer, { order: id, lot: lot.id, lots: count }, false);
  }
  const { purity, requires } = await gradeOfLots(table, [lot]);
  const id = placedId('bid', rule, today, lot.id);
  const bid = postBid(posting(asked, id), {
    ...order,
    ...{ price: terms.limit, destination: terms.destination, stockpile: stockpile.id },
    ...(purity === undefined ? {} : { minimumPurity: purity }),
    ...(requires === undefined ? {} : { requires: [...requires] }),
  });
  return placing(asked, bid, { order: id, lot: lot.id, lots: count }, false);
}

/** What the rule's orders for a lot have come to: what expired unsold is offered again. */
function soFar({ placed }: StandingRule, lot: StockLot, orders: ReadonlyMap<string, Told>): RotatedSoFar {
  const own = placed.filter((each) => each.lot === lot.id);
  const of = (prefix: string) =>
    own.filter(({ order }) => order.startsWith(prefix)).flatMap(({ order }) => orders.get(order) ?? []);
  return {
    isBidOpen: of('bid_').some(({ open }) => open > 0n),
    contracted: total(of('bid_').map(({ contracted }) => contracted)),
    offered: total(of('off_').map(({ open, contracted }) => open + contracted)),
  };
}
