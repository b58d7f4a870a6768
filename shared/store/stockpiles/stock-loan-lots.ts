import type { Author } from '../../kernel/version.ts';
import type { Product } from '../../reference/product.ts';
import { loanState, splitOff } from '../../stockpiles/loan-rules.ts';
import { encumbered, lentOut, resized } from '../../stockpiles/lots.ts';
import { wholeSteps } from '../../stockpiles/steps.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import type { Action } from '../table/action.ts';
import { changeLots, readIssued } from './stock-issue.ts';
import type { HeldLoan } from './stock-loans.ts';
import type { Table } from '../table/table.ts';

/** What is written beside the loan's event: computed once it is known that what was read belongs together. */
export type Beside = () => readonly Action[];

type Change = (lot: StockLot, steps: bigint) => StockLot;

/** What becomes of lots that the loan has a part in. */
async function changed(
  table: Table,
  parts: readonly { readonly lot: string; readonly steps: bigint }[],
  author: Author,
  change: Change,
): Promise<Beside> {
  const issued = await readIssued(table, parts);
  return () => changeLots(issued, author, change);
}

/** What was set aside for a loan, by lot. */
const partsSetAside = ({ loan, product }: HeldLoan) =>
  (loanState(loan, product).approved?.lots ?? []).map(({ lot, quantity }) => ({
    ...{ lot, steps: wholeSteps(quantity, product) },
  }));

const unheld =
  (id: string, product: Product): Change =>
  (lot, steps) =>
    encumbered(lot, { kind: 'loan', by: id }, -steps, product);

/** What was set aside is free again. */
export const lotsFreed = (table: Table, held: HeldLoan, author: Author): Promise<Beside> =>
  changed(table, partsSetAside(held), author, unheld(held.loan.id, held.product));

/** What was set aside is with the borrower: the lots keep it as lent. */
export const lotsHandedOver = (table: Table, held: HeldLoan, author: Author): Promise<Beside> =>
  changed(table, partsSetAside(held), author, (lot, steps) =>
    lentOut(unheld(held.loan.id, held.product)(lot, steps), steps, held.product),
  );

/** What is no longer lent of lots is gone from them: it came back as another lot, or was paid for. */
export async function lotsGone(
  table: Table,
  { loan, product }: HeldLoan,
  steps: bigint,
  author: Author,
): Promise<Beside> {
  const { taken } = splitOff(loanState(loan, product).out, steps);
  return changed(table, taken, author, (lot, part) => resized(lentOut(lot, -part, product), -part, product));
}
