import * as z from 'zod';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { quarterSchema } from '../../../shared/kernel/quarter.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { accounts } from '../../../shared/ledger/account.ts';
import { accountSchema } from '../../../shared/ledger/entry.ts';
import type { Statement } from '../../../shared/ledger/statement.ts';
import { statementOf, statementSchema } from '../../../shared/ledger/statement.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import { roles } from '../../../shared/reference/role.ts';
import { readLines } from '../../../shared/store/contracts/ledger.ts';
import { readStockpile } from '../../../shared/store/stockpiles/stockpiles.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { statementCsv } from '../../../shared/wire/statement-csv.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

const ofStockpile = 'stockpile:';

/** What a stockpile is owed is its operator's to read. */
const isOwnStockpile = async (table: Table, account: string, caller: Caller): Promise<boolean> =>
  account.startsWith(ofStockpile) &&
  (await readStockpile(table, account.slice(ofStockpile.length)))?.operator === caller.organisation;

export const statementRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'getStatement',
    method: 'get',
    path: '/v1/statements/{quarter}',
    tag: 'Settlements',
    summary: "Read an organisation's statement of a quarter",
    description:
      'Every line posted about the quarter so far, each with its cause, and their sums by currency. A debit is owed by ' +
      "the organisation, a credit owed to it; no payment is executed. One's own; administrators and auditors name an " +
      '`organisation`, or any other `account`: `levy:<zone>`, `duties:<country>`, `programme:<id>`, `clawback:<programme>`, ' +
      '`stockpile:<id>` (its operator, too). ' +
      'As JSON, or as CSV with `Accept: text/csv`.',
    roles,
    params: z.strictObject({ quarter: quarterSchema }),
    query: z
      .strictObject({ organisation: nameIdSchema.optional(), account: accountSchema.optional() })
      .refine(({ organisation, account }) => organisation === undefined || account === undefined, {
        path: ['account'],
        message: 'Name an organisation or an account, not both',
      }),
    responses: { 200: { description: 'The statement', schema: statementSchema } },
    csv: (value) => statementCsv(value as Statement),
    problems: ['not_found'],
    read: async ({ caller, params: { quarter }, query }, { table }) => {
      const own = accounts.organisation(caller.organisation);
      const account =
        query.account ?? (query.organisation === undefined ? own : accounts.organisation(query.organisation));
      if (account !== own && !seesAll(caller) && !(await isOwnStockpile(table, account, caller)))
        return fail(problem('not_found', 'There is no such account.'));
      return ok(reply(200, statementOf(account, quarter, await readLines(table, account, quarter))));
    },
  }),
];
