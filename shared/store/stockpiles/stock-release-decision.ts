import { moneyOf } from '../../kernel/money.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import type { Product } from '../../reference/product.ts';
import { reservationOf } from '../../stockpiles/account-effects.ts';
import type { LotPart } from '../../stockpiles/account.ts';
import { proRata, releasable } from '../../stockpiles/allocation.ts';
import type { Issued } from '../../stockpiles/issue.ts';
import { issuedSteps, issueFrom } from '../../stockpiles/issue.ts';
import { meanPrice } from '../../stockpiles/loan-rules.ts';
import { encumbered } from '../../stockpiles/lots.ts';
import { amountsFor, needsOf, reserveFloor } from '../../stockpiles/release-rules-applied.ts';
import type { StockRelease } from '../../stockpiles/release.ts';
import { massOfSteps, wholeSteps } from '../../stockpiles/steps.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import { productRules, rulesOn } from '../../stockpiles/stockpile.ts';
import { minorValue } from '../../stockpiles/value.ts';
import type { Action } from '../table/action.ts';
import { changeLots, heldLots, partsOf } from './stock-issue.ts';
import { moveAboveFloor, readBalances } from './stock-movements.ts';
import { needsOfProduct } from './stock-needs.ts';
import { totalReveals } from './stock-release-published.ts';
import type { Table } from '../table/table.ts';

/** Most lots of one release: with their versions they must fit one transaction. */
const mostLotsReleased = 40;

/**
 * The release as its second approval decides it: whose shares, out of which lots, at which price, and what sets them aside.
 * Errors: invalid_state, nothing_to_release, stock_insufficient.
 */
export async function decideRelease(
  table: Table,
  release: StockRelease,
  stockpile: Stockpile,
  product: Product,
  author: Author,
): Promise<Result<{ readonly release: StockRelease; readonly actions: readonly Action[] }>> {
  const today = dateOf(author.at);
  const [rules, terms] = [productRules(stockpile, product.id, today), rulesOn(stockpile, today)];
  if (rules === undefined || terms === undefined)
    return fail(problem('invalid_state', 'No rules for this product are in force any more.'));
  const [{ free }, declared, lots] = await Promise.all([
    readBalances(table, stockpile.id, product),
    needsOfProduct(table, stockpile.id, product.id),
    heldLots(table, stockpile, product.id),
  ]);
  const floor = reserveFloor(rules, product);
  if (!floor.ok) return floor;
  const needs = needsOf(declared, terms.releaseRules, product);
  const most = releasable(wholeSteps(release.quantity, product), { free, floor: floor.value });
  const shares = proRata(most, needs);
  const total = shares.reduce((sum, share) => sum + share, 0n);
  if (total === 0n)
    return fail(
      problem('nothing_to_release', 'Nothing lies free above the reserve floor, or no need is verified.'),
    );
  const issued = issueFrom(lots, total, product, { mostLots: mostLotsReleased });
  if (issuedSteps(issued) !== total)
    return fail(problem('stock_insufficient', `Not so much lies in ${mostLotsReleased} lots: merge lots.`));
  const worth = issued.reduce(
    (sum, { lot, steps }) => sum + minorValue(massOfSteps(steps, product).amount, lot.inventoryPrice),
    0n,
  );
  const amounts = amountsFor(worth, shares);
  const parts = shareOut(issued, shares, product);
  const mass = (steps: bigint) => massOfSteps(steps, product);
  const next: StockRelease = {
    ...release,
    status: 'approved',
    decided: {
      ...{ free: mass(free), reserveFloor: mass(floor.value), total: mass(total) },
      price: meanPrice(
        issued.map(({ lot, steps }) => ({ mass: mass(steps).amount, price: lot.inventoryPrice })),
      ),
      due: addDays(today, terms.releaseRules.deliveryDays),
      allocations: needs.map(({ organisation, annualUse, cap }, index) => ({
        ...{ organisation, annualUse: mass(annualUse), cap: mass(cap), quantity: mass(shares[index]!) },
        ...{ amount: moneyOf(amounts[index]!, product.currency), lots: parts[index]! },
      })),
      published: (await totalReveals(table, release, product, needs, shares)) ? null : mass(total),
    },
  };
  const setAside = moveAboveFloor(
    reservationOf(next, { total, at: author.at }, product),
    total + floor.value,
  );
  return ok({
    release: next,
    actions: [
      ...setAside,
      ...changeLots(issued, author, (lot, steps) =>
        encumbered(lot, { kind: 'release', by: release.id }, steps, product),
      ),
    ],
  });
}

/** The lots in order of issue, cut for one organisation after the other. */
function shareOut(issued: readonly Issued[], shares: readonly bigint[], product: Product): LotPart[][] {
  const left = issued.map((each) => ({ ...each }));
  return shares.map((share) => {
    const taken: Issued[] = [];
    let open = share;
    while (open > 0n) {
      const first = left[0]!;
      const steps = first.steps < open ? first.steps : open;
      taken.push({ lot: first.lot, steps });
      open -= steps;
      if (steps === first.steps) left.shift();
      else left[0] = { lot: first.lot, steps: first.steps - steps };
    }
    return partsOf(taken, product);
  });
}
