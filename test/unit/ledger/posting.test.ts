import { describe, expect, it } from 'vitest';
import { accounts } from '../../../shared/ledger/account.ts';
import type { Cause } from '../../../shared/ledger/entry.ts';
import type { EntryTerms } from '../../../shared/ledger/posting.ts';
import { entryId, entryOf, isBalanced, maximumPostings } from '../../../shared/ledger/posting.ts';
import { statementOf, linesOf } from '../../../shared/ledger/statement.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';

const contract = `ctr_${'c'.repeat(32)}`;
const cause: Cause = { kind: 'delivery', contract, quarter: '2027-Q1', sequence: 1 };
const buyer = accounts.organisation('magnets');
const seller = accounts.organisation('refinery');
const terms = (changes: Partial<EntryTerms> = {}): EntryTerms => ({
  ...{ cause, quarter: '2027-Q1', product: 'ndpr', postedAt: '2027-04-02T00:00:00.000Z', currency: 'USD' },
  movements: [
    { account: buyer, amount: -110_00n },
    { account: seller, amount: 70_00n },
    { account: accounts.levy('partners'), amount: 40_00n },
  ],
  description: 'Goods of 2027-Q1',
  ...changes,
});

describe('an entry', () => {
  it('says who owes what and who is owed it, in order of account', () => {
    expect(entryOf(terms())?.postings).toEqual([
      { account: 'levy:partners', side: 'CRDT', amount: { amount: decimal('40.00'), currency: 'USD' } },
      {
        account: 'organisation:magnets',
        side: 'DBIT',
        amount: { amount: decimal('110.00'), currency: 'USD' },
      },
      {
        account: 'organisation:refinery',
        side: 'CRDT',
        amount: { amount: decimal('70.00'), currency: 'USD' },
      },
    ]);
  });

  it('is not made if it does not balance, by a cent', () => {
    const movements = [
      { account: buyer, amount: -110_00n },
      { account: seller, amount: 110_01n },
    ];
    expect(() => entryOf(terms({ movements }))).toThrow(/does not balance/);
  });

  it('names an account once, and not at all where nothing is left', () => {
    const movements = [
      { account: buyer, amount: -30n },
      { account: buyer, amount: 10n },
      { account: seller, amount: 20n },
      { account: accounts.duties('DE'), amount: 5n },
      { account: accounts.duties('DE'), amount: -5n },
    ];
    expect(entryOf(terms({ movements }))?.postings.map(({ account }) => account)).toEqual([buyer, seller]);
  });

  it('is none where nothing moves', () => {
    expect(entryOf(terms({ movements: [] }))).toBeUndefined();
    expect(entryOf(terms({ movements: [{ account: buyer, amount: 0n }] }))).toBeUndefined();
  });

  it('fits the transaction of what causes it', () => {
    const movements = Array.from({ length: maximumPostings }, (_, n) => ({
      account: accounts.organisation(`org-${n}`),
      amount: 1n,
    }));
    const all = [...movements, { account: buyer, amount: -BigInt(maximumPostings) }];
    expect(() => entryOf(terms({ movements: all }))).toThrow(/21 postings/);
  });

  it('has an id that follows from its cause, and sorts by quarter', () => {
    expect(entryOf(terms())?.id).toBe(entryId(cause, '2027-Q1'));
    const again = entryOf(terms({ postedAt: '2028-01-01T00:00:00.000Z', description: 'other words' }));
    expect(again?.id).toBe(entryId(cause, '2027-Q1'));
    const corrected = entryId({ ...cause, sequence: 2 }, '2027-Q1');
    expect(corrected).not.toBe(entryId(cause, '2027-Q1'));
    expect(entryId({ ...cause, quarter: '2027-Q2' }, '2027-Q2') > corrected).toBe(true);
    expect(corrected).toMatch(/^ent_[0-9A-Z]{26}$/);
  });

  it('in a currency without a minor unit has no fraction', () => {
    const movements = [
      { account: buyer, amount: -7n },
      { account: seller, amount: 7n },
    ];
    const entry = entryOf(terms({ currency: 'JPY', movements }));
    expect(entry?.postings[0]?.amount).toEqual({ amount: { units: 7n, scale: 0 }, currency: 'JPY' });
    expect(entry && isBalanced(entry)).toBe(true);
  });
});

describe('a statement', () => {
  it('adds its lines up, by currency, and names the cause of each', () => {
    const dollars = linesOf(entryOf(terms())!);
    const yen = linesOf(
      entryOf(
        terms({
          currency: 'JPY',
          cause: { ...cause, sequence: 2 },
          movements: [
            { account: buyer, amount: 300n },
            { account: seller, amount: -300n },
          ],
        }),
      )!,
    );
    const own = [...dollars, ...yen].filter(({ account }) => account === buyer);
    const statement = statementOf(buyer, '2027-Q1', own);
    expect(statement.totals).toEqual([
      {
        currency: 'JPY',
        debit: { amount: { units: 0n, scale: 0 }, currency: 'JPY' },
        credit: { amount: { units: 300n, scale: 0 }, currency: 'JPY' },
        net: { amount: { units: 300n, scale: 0 }, currency: 'JPY' },
      },
      {
        currency: 'USD',
        debit: { amount: decimal('110.00'), currency: 'USD' },
        credit: { amount: decimal('0.00'), currency: 'USD' },
        net: { amount: { units: -11_000n, scale: 2 }, currency: 'USD' },
      },
    ]);
    expect(statement.lines.map((line) => line.cause)).toEqual([cause, { ...cause, sequence: 2 }]);
  });
});
