import type { LostDemand } from '../../shared/clearing/stress/stress.ts';
import type { StressTest } from '../../shared/clearing/stress/result.ts';
import type { StressTestTerms } from '../../shared/clearing/stress/terms.ts';
import { effectOfStop, lotsLost } from '../../shared/clearing/stress/effect.ts';
import { fieldProblem, problem } from '../../shared/kernel/problem.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import { hasBegun, quarterFromNumber, quarterNumber, quarterOf } from '../../shared/kernel/quarter.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { dateOf, latestOf } from '../../shared/kernel/time.ts';
import type { Bid } from '../../shared/orders/bid.ts';
import { quantityOf } from '../../shared/pricing/product-terms.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { AssessedContract } from '../../shared/risk/assessment-inputs.ts';
import { readMarketSupply } from '../../shared/store/risk/market-supply.ts';
import { readGuard } from '../../shared/store/reference/configuration.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { readBid } from '../../shared/store/orders/order-item.ts';
import { readProduct } from '../../shared/store/reference/reference.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Computing } from './computing.ts';
import { computingHere } from './computing.ts';
import type { LiveSnapshot } from './live-snapshot.ts';
import { liveSnapshot } from './live-snapshot.ts';
import { previewLimits } from './preview-clearing.ts';

/** Contracts whose loss is looked at within a call, beside what a preview may cost. */
const mostContracts = 2000;

/**
 * What it would mean if an origin stopped a product: nothing is written. Errors: unknown_reference, quarter_begun,
 * market_too_large.
 */
export async function stressTest(
  table: Table,
  terms: StressTestTerms,
  now: Instant,
  limits = previewLimits,
  computing: Computing = computingHere,
): Promise<Result<StressTest>> {
  const begun = performance.now();
  const product = await readProduct(table, terms.product);
  if (product === undefined)
    return fail(fieldProblem('unknown_reference', '/product', 'There is no such product.'));
  // Clocks differ: what is recorded already must be seen.
  const at = latestOf(now, (await readGuard(table)).at);
  const quarters = quartersOf(terms, at);
  if (hasBegun(quarters[0]!, dateOf(at)))
    return fail(fieldProblem('quarter_begun', '/from', 'Nothing can be bought for it any more.'));
  const supply = await readMarketSupply(table, product, at, quarters);
  const stopped = supply.contracts.filter(
    (contract) => contract.origin === terms.origin && lotsLost(contract, quarters, product).size > 0,
  );
  if (stopped.length > mostContracts) return tooLarge(`More than ${mostContracts} contracts would stop`);
  const orders = await table.getMany(
    [...new Set(stopped.map(({ bid }) => bid))].map((bid) => keys.order(bid)),
  );
  const live = await liveSnapshot(table, product, at, limits, { others: orders });
  if (live === undefined) return tooLarge(`More than ${limits.orders} orders are open`);
  const bids = new Map(orders.map((item) => readBid(item, product)).map((bid) => [bid.id, bid]));
  const stop = { origin: terms.origin, quarters };
  const lost = stopped.map((contract) =>
    askedForAgain(contract, bids.get(contract.bid), quarters, product, live),
  );
  const result = await computing.stress(live.snapshot, stop, lost, {
    ...{ pairs: limits.pairs, milliseconds: limits.milliseconds - (performance.now() - begun) },
  });
  if (!result.ok) return result;
  const { clearing, restored } = result.value;
  return ok({
    ...{ product: product.id, origin: terms.origin, unit: product.unit, at },
    clearingUnderWay: live.clearingUnderWay,
    ...effectOfStop(supply, stop, restored, product),
    clearing,
  });
}

function quartersOf({ from, quarters }: StressTestTerms, at: Instant): Quarter[] {
  const first = quarterNumber(from ?? quarterOf(dateOf(at))) + (from === undefined ? 1 : 0);
  return Array.from({ length: quarters }, (_, step) => quarterFromNumber(first + step));
}

/** On the terms of the bid that the contract was concluded under, as it stands, without conditions on quantity. */
function askedForAgain(
  contract: AssessedContract,
  bid: Bid | undefined,
  quarters: readonly Quarter[],
  product: Product,
  live: LiveSnapshot,
): LostDemand {
  if (bid === undefined) throw new Error(`the bid of ${contract.contract} has gone`);
  const { minimumPurity, requires, excludedOrigins, maxOriginShare, acceptsConditional, priceTerms } = bid;
  const asked = [...lotsLost(contract, quarters, product)].map(([quarter, lots]) => ({
    quarter,
    quantity: quantityOf(lots, product),
  }));
  return {
    contract: contract.contract,
    bid: {
      id: `bid_${contract.contract.slice(contract.contract.indexOf('_') + 1)}`,
      ...live.partyOf(contract.takes),
      ...{ destination: contract.destination, price: bid.price, version: 1 },
      ...{ remaining: asked, requested: asked, contractedByOrigin: [] },
      ...(minimumPurity === undefined ? {} : { minimumPurity }),
      ...(requires === undefined ? {} : { requires }),
      ...(excludedOrigins === undefined ? {} : { excludedOrigins }),
      ...(maxOriginShare === undefined ? {} : { maxOriginShare }),
      ...(acceptsConditional === undefined ? {} : { acceptsConditional }),
      ...(priceTerms === undefined ? {} : { priceTerms }),
    },
  };
}

const tooLarge = (why: string) =>
  fail(problem('market_too_large', `${why}, too many to be tested within a call.`));
