import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Currency } from '../../../shared/kernel/money.ts';
import { accounts } from '../../../shared/ledger/account.ts';
import type { Entry } from '../../../shared/ledger/entry.ts';
import type { Movement } from '../../../shared/ledger/posting.ts';
import { entryOf, isBalanced, minorUnits, netOf, signedUnits } from '../../../shared/ledger/posting.ts';
import { linesOf, statementOf } from '../../../shared/ledger/statement.ts';
import { runs } from '../../support/runs.ts';

const account = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map(accounts.organisation),
  fc.constantFrom('partners', 'others').map(accounts.levy),
  fc.constantFrom('DE', 'JP').map(accounts.duties),
);
/** Some movements, and what makes them come to nothing: a counterparty of the whole. */
const balanced = fc
  .tuple(
    fc.array(fc.record({ account, amount: fc.bigInt(-(10n ** 14n), 10n ** 14n) }), { maxLength: 8 }),
    account,
  )
  .map(([movements, rest]): Movement[] => [
    ...movements,
    { account: rest, amount: -movements.reduce((sum, { amount }) => sum + amount, 0n) },
  ]);
const posting = fc.record({
  movements: balanced,
  currency: fc.constantFrom<Currency>('USD', 'JPY', 'EUR'),
  quarter: fc.constantFrom('2027-Q1', '2027-Q2'),
});

const contract = `ctr_${'c'.repeat(32)}`;
const post = (
  terms: { movements: readonly Movement[]; currency: Currency; quarter: string },
  sequence: number,
) =>
  entryOf({
    ...terms,
    cause: { kind: 'delivery', contract, quarter: terms.quarter, sequence },
    ...{ product: 'ndpr', postedAt: '2027-04-02T00:00:00.000Z', description: 'goods' },
  });

describe('whatever is posted, in whatever order', () => {
  it('the sum over all accounts is zero in every currency, and so is each entry', () => {
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 12 }), (postings) => {
        const entries = postings
          .map((terms, index) => post(terms, index + 1))
          .filter((e): e is Entry => e !== undefined);
        for (const entry of entries) expect(isBalanced(entry)).toBe(true);
        const net = netOf(entries.flatMap((entry) => entry.postings));
        expect([...net.values()].every((sum) => sum === 0n)).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  it('each account has exactly what was moved to it: no cent is lost or doubled', () => {
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 12 }), (postings) => {
        const moved = new Map<string, bigint>();
        for (const { movements, currency } of postings)
          for (const { account: to, amount } of movements)
            moved.set(`${to} ${currency}`, (moved.get(`${to} ${currency}`) ?? 0n) + amount);
        const posted = new Map<string, bigint>();
        for (const [index, terms] of postings.entries())
          for (const line of linesOf(post(terms, index + 1) ?? ({ postings: [] } as unknown as Entry))) {
            const key = `${line.account} ${line.amount.currency}`;
            posted.set(key, (posted.get(key) ?? 0n) + signedUnits(line));
          }
        for (const [key, amount] of moved) expect(posted.get(key) ?? 0n, key).toBe(amount);
      }),
      { numRuns: runs(500) },
    );
  });

  it('an entry that is out of balance by anything is refused', () => {
    fc.assert(
      fc.property(posting, account, fc.bigInt(1n, 10n ** 9n), fc.boolean(), (terms, to, cents, more) => {
        const movements = [...terms.movements, { account: to, amount: more ? cents : -cents }];
        expect(() => post({ ...terms, movements }, 1)).toThrow(/does not balance/);
      }),
      { numRuns: runs(300) },
    );
  });

  it('statements of all accounts and quarters together tell every cent once', () => {
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 8 }), (postings) => {
        const lines = postings.flatMap((terms, index) => {
          const entry = post(terms, index + 1);
          return entry === undefined ? [] : linesOf(entry);
        });
        const groups = Map.groupBy(lines, (line) => `${line.account} ${line.quarter}`);
        let debit = 0n;
        let credit = 0n;
        for (const own of groups.values()) {
          const statement = statementOf(own[0]!.account, own[0]!.quarter, own);
          expect(statement.lines).toHaveLength(own.length);
          for (const total of statement.totals) {
            expect(total.net.amount.units).toBe(minorUnits(total.credit) - minorUnits(total.debit));
            debit += minorUnits(total.debit);
            credit += minorUnits(total.credit);
          }
        }
        expect(debit).toBe(credit);
      }),
      { numRuns: runs(300) },
    );
  });
});
