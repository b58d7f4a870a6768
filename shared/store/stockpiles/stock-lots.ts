import type { Page, PageRequest } from '../../kernel/page.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import type { Result } from '../../kernel/result.ts';
import { collect, fail, ok } from '../../kernel/result.ts';
import { dateOf, latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import { ownPrice } from '../../pricing/product-terms.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { Product } from '../../reference/product.ts';
import {
  lossDecided,
  lossProposed,
  mergeLots,
  openingDecided,
  relocated,
  splitLot,
} from '../../stockpiles/lots.ts';
import type { OpeningTerms, StockLot } from '../../stockpiles/stock-lot.ts';
import { stockLotSchema } from '../../stockpiles/stock-lot.ts';
import { massOfSteps, stepsOf, wholeSteps } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import { readSiteWithCertificates } from '../sites/certificates.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { dueFrom, listedAs, ownedBy } from '../table/keys/indexes.ts';
import { listOwnedOrAll } from '../table/listing.ts';
import { productOf } from '../reference/reference.ts';
import { moveStock, unclaimedOf } from './stock-movements.ts';
import { ownStockpile, productHeld } from './stockpiles.ts';
import type { Table } from '../table/table.ts';
import type { Series } from '../table/versioned.ts';
import { pageOfVersions, readHead, readRecord, recordVersion } from '../table/versioned.ts';

export const stockLotSeries: Series<StockLot> = {
  name: 'stockLot',
  schema: stockLotSchema,
  head: (lot) => keys.stockLot(lot.id),
  versionKey: (lot) => keys.stockLotVersion(lot.id, lot.version),
  beside: (lot) => ({
    ...ownedBy(lot.owner, 'stock-lot', lot.id),
    ...listedAs('stock-lot', lot.id),
    type: 'stock lot',
    ...{ stockpile: lot.stockpile, product: lot.product },
    ...dueOf(lot),
  }),
};

/** Somebody must look at it from the day on which the first of its offers expires. */
function dueOf({ id, encumbrances }: StockLot): { gsi3pk: string | undefined; gsi3sk: string | undefined } {
  const [first] = encumbrances.flatMap(({ kind, until }) => (kind === 'offer' ? (until ?? []) : [])).sort();
  return first === undefined ? { gsi3pk: undefined, gsi3sk: undefined } : dueFrom(dateOf(first), id);
}

export const readStockLot = (table: Table, id: string): Promise<StockLot | undefined> =>
  readHead(table, stockLotSeries, keys.stockLot(id));

export const putLot = (lot: StockLot): Action[] => recordVersion(stockLotSeries, lot);

export const stockLotVersions = (table: Table, id: string, page: PageRequest): Promise<Page<StockLot>> =>
  pageOfVersions(table, stockLotSeries, keys.stockLot(id).pk, page);

/** The caller's own lots, all for administrators and auditors, in order of id. */
export const listStockLots = (
  table: Table,
  caller: Caller,
  page: PageRequest,
  keep: (lot: StockLot) => boolean,
): Promise<Page<StockLot>> =>
  listOwnedOrAll(table, 'stock-lot', caller, page, (items) =>
    Promise.resolve(items.map((item) => readRecord(stockLotSeries, item)).filter(keep)),
  );

const noSuchLot = problem('not_found', 'There is no such stock lot.');

/** A lot as its owner, an administrator or an auditor may see it; for others it does not exist. Error: not_found. */
export async function visibleLot(table: Table, caller: Caller, id: string): Promise<Result<StockLot>> {
  const lot = await readStockLot(table, id);
  return lot !== undefined && (seesAll(caller) || lot.owner === caller.organisation)
    ? ok(lot)
    : fail(noSuchLot);
}

/** Errors: not_found. */
async function ownLot(table: Table, organisation: string, id: string): Promise<Result<StockLot>> {
  const lot = await readStockLot(table, id);
  return lot?.owner === organisation ? ok(lot) : fail(noSuchLot);
}

/**
 * Declares stock from before the marketplace. It counts once an administrator has verified it. Errors: not_found,
 * invalid_state, unknown_reference, site_mismatch, currency_mismatch, unit_not_convertible, off_tick, off_lot.
 */
export const declareOpening =
  (table: Table, act: Act, stockpileId: string, terms: OpeningTerms): Plan<StockLot> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const held = await productHeld(table, stockpile.value, terms.product, act.at, '/opening/product');
    if (!held.ok) return held;
    const product = held.value;
    const wrong = await materialProblem(table, terms, product);
    if (wrong !== undefined) return fail(wrong);
    const price = ownPrice(terms.inventoryPrice, product, 'half-even');
    if (!price.ok) return fail(under(price.problem, '/price', '/opening/inventoryPrice'));
    const steps = stepsOf(terms.quantity, product, '/opening/quantity');
    if (!steps.ok) return steps;
    const { receivedOn, evidence, ...material } = terms;
    const lot: StockLot = {
      ...material,
      id: act.newId('stockLot'),
      stockpile: stockpile.value.id,
      quantity: massOfSteps(steps.value, product),
      inventoryPrice: price.value,
      owner: act.organisation,
      ...{ encumbrances: [], lent: massOfSteps(0n, product), status: 'declared', verified: false },
      receivedAt: `${receivedOn}T00:00:00.000Z`,
      source: { kind: 'opening', evidence, declaredBy: act.subject },
      ...nextVersion(undefined, act),
    };
    return ok({ actions: putLot(lot), value: lot });
  };

const under = ({ code, detail, errors }: Problem, from: string, to: string): Problem =>
  fieldProblem(code, (errors?.[0]?.pointer ?? from).replace(from, to), errors?.[0]?.detail ?? detail);

/** A lot's site made it, and its certificates are that site's, as they counted on the day of receipt. */
async function materialProblem(
  table: Table,
  { site: siteId, origin, certificates, receivedOn }: OpeningTerms,
  product: Product,
): Promise<Problem | undefined> {
  if (siteId === undefined)
    return certificates.length === 0
      ? undefined
      : fieldProblem('unknown_reference', '/opening/certificates', 'Certificates are of a site: name it.');
  const found = await readSiteWithCertificates(table, siteId);
  if (found === undefined)
    return fieldProblem('unknown_reference', '/opening/site', 'There is no such site.');
  const { site } = found;
  if (site.country !== origin || site.stage !== product.stage || !site.minerals.includes(product.mineral))
    return fieldProblem('site_mismatch', '/opening/site', 'The site does not make this product there.');
  const counted = new Set(
    found.certificates
      .filter(
        ({ status, validFrom, validTo }) =>
          status === 'active' && validFrom <= receivedOn && receivedOn <= validTo,
      )
      .map(({ id }) => id),
  );
  const missing = certificates.findIndex((id) => !counted.has(id));
  return missing < 0
    ? undefined
    : fieldProblem(
        'unknown_reference',
        `/opening/certificates/${missing}`,
        'The site has no such certificate that counted on the day of receipt.',
      );
}

/** An administrator has seen it, or not found it. Errors: not_found, invalid_state, second_approval_required. */
export const decideOnOpening =
  (table: Table, act: Act, id: string, verified: boolean): Plan<StockLot> =>
  async () => {
    const lot = await readStockLot(table, id);
    if (lot === undefined) return fail(noSuchLot);
    const author = authorOf(act, lot);
    const decided = openingDecided(lot, verified, author);
    if (!decided.ok) return decided;
    const product = await productOf(table, lot.product);
    const steps = wholeSteps(lot.quantity, product);
    return ok({
      actions: [
        ...putLot(decided.value),
        ...(verified
          ? moveStock({
              ...{ kind: 'OPENING', stockpile: lot.stockpile, product, lot: id, at: author.at },
              cause: { of: 'stock-lot', id, sequence: decided.value.version },
              changes: { supplied: -steps, free: steps },
            })
          : []),
      ],
      value: decided.value,
    });
  };

/** Most lots that one split makes, or one merge joins: with their versions it must fit one transaction. */
export const mostLots = 20;

/** Cuts the caller's lot. Errors: not_found, invalid_state, stock_insufficient, unit_not_convertible, off_lot. */
export const split =
  (
    table: Table,
    act: Act,
    id: string,
    quantities: readonly Quantity[],
  ): Plan<{ readonly lot: StockLot; readonly parts: readonly StockLot[] }> =>
  async () => {
    const lot = await ownLot(table, act.organisation, id);
    if (!lot.ok) return lot;
    const product = await productOf(table, lot.value.product);
    const parts = collect(quantities, (quantity, index) => {
      const steps = stepsOf(quantity, product, `/quantities/${index}`);
      return steps.ok ? ok({ id: act.newId('stockLot'), steps: steps.value }) : steps;
    });
    if (!parts.ok) return parts;
    const cut = splitLot(lot.value, parts.value, product, authorOf(act, lot.value));
    return cut.ok
      ? ok({
          actions: [...putLot(cut.value.rest), ...cut.value.parts.flatMap(putLot)],
          value: { lot: cut.value.rest, parts: cut.value.parts },
        })
      : cut;
  };

/** Joins the caller's lots. Errors: unknown_reference, invalid_state. */
export const merge =
  (table: Table, act: Act, ids: readonly string[]): Plan<StockLot> =>
  async () => {
    const lots = await Promise.all(ids.map((id) => readStockLot(table, id)));
    const missing = lots.findIndex((lot) => lot?.owner !== act.organisation);
    if (missing >= 0)
      return fail(fieldProblem('unknown_reference', `/lots/${missing}`, 'You have no such stock lot.'));
    const found = lots.filter((lot) => lot !== undefined);
    const product = await productOf(table, found[0]!.product);
    const joined = mergeLots(found, act.newId('stockLot'), product, authorOf(act, ...found));
    return joined.ok
      ? ok({
          actions: [...putLot(joined.value.merged), ...joined.value.closed.flatMap(putLot)],
          value: joined.value.merged,
        })
      : joined;
  };

/** Errors: not_found, invalid_state. */
export const relocate = (
  table: Table,
  act: Act,
  id: string,
  location: StockLot['location'],
): Plan<StockLot> => onOwnLot(table, act, id, (lot, author) => relocated(lot, location, author));

/** Reports a loss of the caller's lot. Errors: not_found, invalid_state, stock_insufficient, unit_not_convertible, off_lot. */
export const proposeLoss = (
  table: Table,
  act: Act,
  id: string,
  { quantity, reason }: { readonly quantity: Quantity; readonly reason: string },
): Plan<StockLot> =>
  onOwnLot(table, act, id, (lot, author, product) => {
    const steps = stepsOf(quantity, product, '/quantity');
    if (!steps.ok) return steps;
    return lossProposed(lot, { quantity: massOfSteps(steps.value, product), reason }, product, author);
  });

const onOwnLot =
  (
    table: Table,
    act: Act,
    id: string,
    step: (lot: StockLot, author: Author, product: Product) => Result<StockLot>,
  ): Plan<StockLot> =>
  async () => {
    const lot = await ownLot(table, act.organisation, id);
    if (!lot.ok) return lot;
    const product = await productOf(table, lot.value.product);
    const next = step(lot.value, authorOf(act, lot.value), product);
    return next.ok ? ok({ actions: putLot(next.value), value: next.value }) : next;
  };

/** The second person's decision on a loss. Errors: not_found, invalid_state, second_approval_required, stock_insufficient. */
export const decideOnLoss =
  (table: Table, act: Act, id: string, approved: boolean): Plan<StockLot> =>
  async () => {
    const lot = await readStockLot(table, id);
    if (lot === undefined) return fail(noSuchLot);
    const product = await productOf(table, lot.product);
    const author = authorOf(act, lot);
    const decided = lossDecided(lot, approved, product, author);
    if (!decided.ok) return decided;
    const { lot: next, lost } = decided.value;
    if (lost > 0n && lost > (await unclaimedOf(table, lot, product)))
      return fail(problem('stock_insufficient', 'Members are entitled to what is left in the stockpile.'));
    return ok({
      actions: [
        ...putLot(next),
        ...(approved
          ? moveStock({
              ...{ kind: 'WRITE_OFF', stockpile: lot.stockpile, product, lot: id, at: author.at },
              cause: { of: 'stock-lot', id, sequence: next.version },
              changes: { free: -lost, lost },
            })
          : []),
      ],
      value: next,
    });
  };

const authorOf = (act: Act, ...present: readonly StockLot[]): Author => ({
  subject: act.subject,
  at: latestOf(act.at, ...present.map(({ recordedAt }) => recordedAt)),
});
