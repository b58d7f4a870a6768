import { landedInto } from '../../clearing/documents/landed.ts';
import { destinationRules } from '../../clearing/eligibility/trade-terms.ts';
import type { ContractTerms } from '../../contracts/chain.ts';
import type { Price } from '../../kernel/money.ts';
import type { Result } from '../../kernel/result.ts';
import { must, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import { concludedSteps } from '../../stockpiles/contract-stock.ts';
import { targetQuantity } from '../../stockpiles/cover.ts';
import type { FloorBuying } from '../../stockpiles/standing-rule-orders.ts';
import { floorPurchase, monthlyPace, placedId } from '../../stockpiles/standing-rule-orders.ts';
import { stepsOfLots, wholeSteps } from '../../stockpiles/steps.ts';
import type { Stockpile, StockpileProduct } from '../../stockpiles/stockpile.ts';
import { latestRuns } from '../clearing/clearings.ts';
import { contractTermsOf } from '../contracts/contracts.ts';
import { marketState } from '../clearing/control.ts';
import type { Effect } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { ownedSource, pagesOf } from '../table/listing.ts';
import { readMarketConfiguration } from '../reference/market-configuration.ts';
import { orderTotals, sumOfLots } from '../orders/order-totals.ts';
import { bidsForStockpile } from './pace.ts';
import { postBid } from '../orders/post-order.ts';
import { readRevision } from '../table/revision.ts';
import type { Asked, OfKind } from './standing-rule-answers.ts';
import { answered, ordered, placing, posting } from './standing-rule-answers.ts';
import { contractsBooked } from './stock-contracts.ts';
import { readBalances } from './stock-movements.ts';
import type { Table } from '../table/table.ts';

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
  asked: Asked & { readonly terms: OfKind<'buy-at-floor'> },
  rules: StockpileProduct,
): Promise<FloorBuying> {
  const { table, rule, product, now, terms } = asked;
  // Read before the balances: what is booked in between counts twice rather than not at all, and is bought another day.
  const booked = await contractsBooked(table, rule.stockpile);
  const bids = (await bidsForStockpile(table, rule.stockpile))
    .filter((each) => each.product === product.id)
    .map(({ bid }) => bid);
  const [[run], balances, orders, contracts, { floor, isSame }] = await Promise.all([
    latestRuns(table, product.id, 1),
    readBalances(table, rule.stockpile, product),
    orderTotals(table, bids, now),
    contractsOf(asked, new Set(bids)),
    rulesWhere(table, product, terms.destination, now),
  ]);
  const steps = (of: readonly ContractTerms[]): bigint =>
    of.reduce((sum, { schedule }) => sum + concludedSteps(schedule, product), 0n);
  // What has been contracted a moment ago, and is not booked as in transit yet.
  const unbooked = steps(contracts.filter(({ id }) => !booked.has(id)));
  const available = balances.free + balances.entitled + balances['in-transit'] + unbooked;
  const month = dateOf(now).slice(0, 7);
  return {
    landed: landedInto(run?.landed, isSame)?.low,
    floor,
    deficit: wholeSteps(must(targetQuantity(rules, product)), product) - available,
    openBids: stepsOfLots(sumOfLots([...orders.values()].map(({ open }) => open)), product),
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

/** The contracts that came of a stockpile's bids, as the index lists them, each as it was agreed. */
async function contractsOf({ table, rule }: Asked, bids: ReadonlySet<string>): Promise<ContractTerms[]> {
  const found: ContractTerms[] = [];
  for await (const located of pagesOf(ownedSource(table, rule.operator, 'bought')))
    for (const item of await table.getMany(located.map(({ position }) => keys.contract(position)))) {
      const terms = contractTermsOf(item);
      if (bids.has(terms.bid)) found.push(terms);
    }
  return found;
}
