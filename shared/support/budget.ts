import * as z from 'zod';
import { generatedIdSchema } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { signedMoneyOf, signedMoneySchema } from '../kernel/signed.ts';
import { moneyOf, moneySchema } from '../kernel/money.ts';

/** What a programme may spend, and where that stands. budget = paid + reserved + left, at every instant. */
export const programmeBudgetSchema = z
  .strictObject({
    programme: generatedIdSchema('programme'),
    budget: moneySchema,
    paid: moneySchema,
    /** The greatest exposure of agreements, as far as they have not been settled. */
    reserved: moneySchema,
    /** Of it, for contracts that clearings concluded: paid whatever else happens. */
    contracts: moneySchema,
    /** Below zero where more is promised than there is: what sites claim is then paid as far as the money goes. */
    left: signedMoneySchema,
  })
  .meta({ id: 'ProgrammeBudget' });
export type ProgrammeBudget = z.output<typeof programmeBudgetSchema>;

/** From minor units. */
export const budgetOf = (
  programme: string,
  minor: Readonly<Record<'budget' | 'paid' | 'reserved' | 'contracts' | 'left', bigint>>,
  currency: Currency,
): ProgrammeBudget => ({
  programme,
  budget: moneyOf(minor.budget, currency),
  paid: moneyOf(minor.paid, currency),
  reserved: moneyOf(minor.reserved, currency),
  contracts: moneyOf(minor.contracts, currency),
  left: signedMoneyOf(minor.left, currency),
});
