import { moneyOf } from '../kernel/money.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { addDays, dateOf, latestOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import { revealsBeside } from '../kernel/withholding.ts';
import type { Product } from '../reference/product.ts';
import type { LotPart } from '../stockpiles/account.ts';
import { entryOfRelease, releasedTo, reservationOf } from '../stockpiles/account-effects.ts';
import { proRata, releasable } from '../stockpiles/allocation.ts';
import type { Issued } from '../stockpiles/issue.ts';
import { issueFrom, issuedSteps } from '../stockpiles/issue.ts';
import { meanPrice } from '../stockpiles/loan-rules.ts';
import { encumbered, resized } from '../stockpiles/lots.ts';
import { amountsFor, needsOf, reserveFloor } from '../stockpiles/release-rules-applied.ts';
import type { ReleaseTerms, StockRelease } from '../stockpiles/release.ts';
import { approvalsNeeded } from '../stockpiles/release.ts';
import { massOfSteps, stepsOf, wholeSteps } from '../stockpiles/steps.ts';
import type { Stockpile } from '../stockpiles/stockpile.ts';
import { productRules, rulesOn } from '../stockpiles/stockpile.ts';
import { minorValue } from '../stockpiles/value.ts';
import type { Act } from './act.ts';
import type { Action } from './action.ts';
import type { Plan } from './effect.ts';
import { postEntry } from './ledger.ts';
import { productOf } from './orders.ts';
import { readOrganisation } from './reference.ts';
import type { LevelFound } from './release-level.ts';
import { findLevel, keptAssessment } from './release-level.ts';
import { changeLots, heldLots, partsOf } from './stock-issue.ts';
import { readStockLot } from './stock-lots.ts';
import { moveAboveFloor, moveStock, readBalances } from './stock-movements.ts';
import { needsOfProduct } from './stock-needs.ts';
import { putStockRecord, readStockRecord, recordsOfStockpile, releaseRecords } from './stock-records.ts';
import { ownStockpile, readStockpile } from './stockpiles.ts';
import type { Table } from './table.ts';

export const noSuchRelease = problem('not_found', 'There is no such release.');

const emergency = 3;

/** Most lots of one release: with their versions they must fit one transaction. */
const mostLotsReleased = 40;

const notTight = ({ found }: LevelFound): Problem =>
  problem(
    'level_not_reached',
    `Material is released at level 3; by the published rules the level is ${found.level}.`,
  );

export const readRelease = (table: Table, id: string): Promise<StockRelease | undefined> =>
  readStockRecord(table, releaseRecords, id);

/**
 * The operator proposes to release stock. The level is computed from what is known now, and put on record whole. Errors:
 * not_found, invalid_state, unknown_reference, level_not_reached, unit_not_convertible, off_lot.
 */
export const proposeRelease =
  (table: Table, act: Act, stockpileId: string, terms: ReleaseTerms): Plan<StockRelease> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const today = dateOf(act.at);
    if (productRules(stockpile.value, terms.product, today) === undefined)
      return fail(fieldProblem('unknown_reference', '/product', 'The stockpile holds no such product.'));
    const product = await productOf(table, terms.product);
    const steps = stepsOf(terms.quantity, product);
    if (!steps.ok) return steps;
    const level = await findLevel(table, stockpile.value, product, act.at);
    if (level.found.level < emergency) return fail(notTight(level));
    const release: StockRelease = {
      ...terms,
      quantity: massOfSteps(steps.value, product),
      ...{ id: act.newId('release'), stockpile: stockpileId, operator: act.organisation },
      ...{ zone: stockpile.value.zone, status: 'proposed', proposedAt: act.at, proposedBy: act.subject },
      ...{ rulesOf: today, found: [level.found], approvals: [] },
      ...nextVersion(undefined, act),
    };
    return ok({
      actions: [...putStockRecord(releaseRecords, release), keptAssessment(release.id, 1, level)],
      value: release,
    });
  };

const authorOf = (act: Act, release: StockRelease): Author => ({
  subject: act.subject,
  at: latestOf(act.at, release.recordedAt),
});

/** Errors: not_found, invalid_state, second_approval_required. */
async function decidable(table: Table, act: Act, id: string): Promise<Result<StockRelease>> {
  const release = await readRelease(table, id);
  if (release === undefined) return fail(noSuchRelease);
  if (release.status !== 'proposed')
    return fail(problem('invalid_state', `The release is ${release.status}.`));
  if ([release.proposedBy, ...release.approvals.map(({ by }) => by)].includes(act.subject))
    return fail(
      problem('second_approval_required', 'Another administrator must decide, who has not done so already.'),
    );
  return ok(release);
}

/**
 * An administrator approves; with the second one it is decided: what can be released is shared in proportion to verified
 * need and set aside. The level must still be reached. Errors: not_found, invalid_state, second_approval_required,
 * level_not_reached, nothing_to_release, stock_insufficient.
 */
export const approveRelease =
  (table: Table, act: Act, id: string): Plan<StockRelease> =>
  async () => {
    const decided = await decidable(table, act, id);
    if (!decided.ok) return decided;
    const release = decided.value;
    const author = authorOf(act, release);
    const stockpile = await readStockpile(table, release.stockpile);
    if (stockpile === undefined) throw new Error(`the stockpile of ${id} has gone`);
    const product = await productOf(table, release.product);
    const level = await findLevel(table, stockpile, product, author.at);
    if (level.found.level < emergency) return fail(notTight(level));
    const approved: StockRelease = {
      ...release,
      found: [...release.found, level.found],
      approvals: [...release.approvals, { by: author.subject, at: author.at }],
      // The rules in force when it is decided.
      rulesOf: dateOf(author.at),
      ...nextVersion(release, author),
    };
    const kept = keptAssessment(id, approved.found.length, level);
    if (approved.approvals.length < approvalsNeeded)
      return ok({ actions: [...putStockRecord(releaseRecords, approved), kept], value: approved });
    const made = await decision(table, approved, stockpile, product, author);
    return made.ok
      ? ok({
          actions: [...putStockRecord(releaseRecords, made.value.release), kept, ...made.value.actions],
          value: made.value.release,
        })
      : made;
  };

async function decision(
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
      published: (await reveals(table, release, product, needs, shares)) ? null : mass(total),
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

/** Releases whose published totals a total is judged by, and those of them of which two are taken together. */
const judgedBy = { single: 10, together: 3 };

/**
 * Whether the total would tell what one group of organisations gets, by itself or beside the totals that were published
 * before of the same stock: a need that was verified since would be the difference of two releases. Two decisions at
 * once issue the same lots first, so that the second is taken again, and finds the first.
 */
async function reveals(
  table: Table,
  { stockpile, product: of }: StockRelease,
  product: Product,
  needs: readonly { readonly organisation: string }[],
  shares: readonly bigint[],
): Promise<boolean> {
  const published = (await recordsOfStockpile(table, releaseRecords, stockpile))
    .flatMap(({ product: released, decided, approvals }) =>
      released === of && decided !== undefined && decided.published !== null
        ? [{ at: approvals.at(-1)?.at ?? '', allocations: decided.allocations }]
        : [],
    )
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-judgedBy.single);
  const totals = [
    needs.map(({ organisation }, index) => [organisation, shares[index]!] as const),
    ...published.map(({ allocations }) =>
      allocations.map(({ organisation, quantity }) => [organisation, wholeSteps(quantity, product)] as const),
    ),
  ];
  const names = [...new Set(totals.flat().map(([organisation]) => organisation))];
  const groupOfName = new Map(
    await Promise.all(
      names.map(
        async (name) =>
          [name, (await readOrganisation(table, name))?.group ?? `organisation ${name}`] as const,
      ),
    ),
  );
  const groups = [...new Set(groupOfName.values())];
  const [own, ...earlier] = totals.map((parts) => {
    const sums = groups.map(() => 0n);
    for (const [organisation, steps] of parts) sums[groups.indexOf(groupOfName.get(organisation)!)]! += steps;
    return [sums];
  });
  return revealsBeside(own!, earlier, earlier.slice(-judgedBy.together));
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

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectRelease =
  (table: Table, act: Act, id: string, reason: string): Plan<StockRelease> =>
  async () => {
    const decided = await decidable(table, act, id);
    if (!decided.ok) return decided;
    const author = authorOf(act, decided.value);
    const release: StockRelease = {
      ...decided.value,
      status: 'rejected',
      rejected: { by: author.subject, at: author.at, reason },
      ...nextVersion(decided.value, author),
    };
    return ok({ actions: putStockRecord(releaseRecords, release), value: release });
  };

/**
 * The operator hands an organisation's share over: it leaves the warehouse and is owed. Once for each. Errors: not_found,
 * invalid_state.
 */
export const deliverRelease =
  (table: Table, act: Act, id: string, organisation: string): Plan<StockRelease> =>
  async () => {
    const release = await readRelease(table, id);
    if (release?.operator !== act.organisation) return fail(noSuchRelease);
    const { decided } = release;
    if (decided === undefined) return fail(problem('invalid_state', `The release is ${release.status}.`));
    const place = decided.allocations.findIndex((each) => each.organisation === organisation);
    const allocation = decided.allocations[place];
    if (allocation === undefined || allocation.quantity.amount.units === 0n)
      return fail(fieldProblem('invalid_state', '/organisation', 'Nothing was released to it.'));
    if (allocation.deliveredAt !== undefined)
      return fail(problem('invalid_state', 'It has been handed over already.'));
    const author = authorOf(act, release);
    const product = await productOf(table, release.product);
    const handed = { ...allocation, deliveredAt: author.at, deliveredBy: author.subject };
    const allocations = decided.allocations.with(place, handed);
    const isDone = allocations.every(
      (each) => each.deliveredAt !== undefined || each.quantity.amount.units === 0n,
    );
    const next: StockRelease = {
      ...release,
      status: isDone ? 'completed' : 'approved',
      decided: { ...decided, allocations },
      ...nextVersion(release, author),
    };
    const issued = await Promise.all(
      allocation.lots.map(async ({ lot: lotId, quantity }) => {
        const lot = await readStockLot(table, lotId);
        if (lot === undefined) throw new Error(`${lotId} has gone`);
        return { lot, steps: wholeSteps(quantity, product) };
      }),
    );
    // Lots that another hand-over has taken from meanwhile do not fit the release that was read before them.
    if ((await readRelease(table, id))?.version !== release.version)
      return deliverRelease(table, act, id, organisation)();
    const entry = entryOfRelease(next, handed);
    return ok({
      actions: [
        ...putStockRecord(releaseRecords, next),
        ...moveStock(releasedTo(next, handed, place, product)),
        ...(entry === undefined ? [] : postEntry(entry)),
        ...changeLots(issued, author, (lot, steps) =>
          resized(encumbered(lot, { kind: 'release', by: id }, -steps, product), -steps, product),
        ),
      ],
      value: next,
    });
  };
