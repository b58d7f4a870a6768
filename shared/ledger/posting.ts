import { canonicalJson } from '../kernel/digest.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { tenTo } from '../kernel/decimal.ts';
import type { Currency, Money } from '../kernel/money.ts';
import { digitsOf, moneyOf } from '../kernel/money.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf } from '../kernel/quarter.ts';
import type { Instant } from '../kernel/time.ts';
import type { Account, Cause, Entry, Posting } from './entry.ts';

/** Minor units of one currency that an account is owed (positive) or owes (negative). */
export interface Movement {
  readonly account: Account;
  readonly amount: bigint;
}

/** Most postings of one entry: with an act of the contract it must fit one transaction. */
export const maximumPostings = 20;

const instantOfDay = (date: string): Instant => `${date}T00:00:00.000Z`;

/** The id of the entry of a cause: whoever posts it again posts the same one. Sorts by the quarter it is about. */
export const entryId = (cause: Cause, quarter: Quarter): string =>
  derivedId('entry', instantOfDay(firstDayOf(quarter)), canonicalJson(cause));

export interface EntryTerms {
  readonly cause: Cause;
  /** The quarter it is about, whenever it is posted: the statement in which it stands. */
  readonly quarter: Quarter;
  readonly product: string;
  readonly postedAt: Instant;
  readonly currency: Currency;
  readonly movements: readonly Movement[];
  readonly description: string;
}

/**
 * One entry of what moves, each account once, in order of account; `undefined` where nothing does. Throws where what
 * is owed and what is owing are not the same: no money comes from nowhere, and none is lost.
 */
export function entryOf(terms: EntryTerms): Entry | undefined {
  const { cause, quarter, product, postedAt, currency, movements, description } = terms;
  const postings = postingsOf(movements, currency);
  if (postings.length === 0) return undefined;
  if (postings.length > maximumPostings) throw new Error(`an entry of ${postings.length} postings`);
  const entry: Entry = {
    ...{ id: entryId(cause, quarter), cause, quarter, product, postedAt, postings, description },
  };
  if (!isBalanced(entry)) throw new Error(`the entry for ${canonicalJson(cause)} does not balance`);
  return entry;
}

function postingsOf(movements: readonly Movement[], currency: Currency): Posting[] {
  const byAccount = new Map<Account, bigint>();
  for (const { account, amount } of movements)
    byAccount.set(account, (byAccount.get(account) ?? 0n) + amount);
  return [...byAccount]
    .filter(([, amount]) => amount !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, amount]) => ({
      account,
      side: amount < 0n ? 'DBIT' : 'CRDT',
      amount: moneyOf(amount < 0n ? -amount : amount, currency),
    }));
}

/** Minor units of an amount, which must be whole. */
export function minorUnits({ amount: { units, scale }, currency }: Money): bigint {
  const scaled = units * tenTo(digitsOf(currency));
  if (scaled % tenTo(scale) !== 0n) throw new Error('an amount of money below the minor unit');
  return scaled / tenTo(scale);
}

/** Minor units with their sign: a credit is positive, a debit negative. */
export const signedUnits = ({ side, amount }: Pick<Posting, 'side' | 'amount'>): bigint =>
  side === 'DBIT' ? -minorUnits(amount) : minorUnits(amount);

/** What the postings come to, by currency; those that come to nothing are in it, too. */
export function netOf(postings: readonly Pick<Posting, 'side' | 'amount'>[]): Map<Currency, bigint> {
  const net = new Map<Currency, bigint>();
  for (const posting of postings)
    net.set(posting.amount.currency, (net.get(posting.amount.currency) ?? 0n) + signedUnits(posting));
  return net;
}

/** Debits equal credits in each currency. */
export const isBalanced = ({ postings }: Pick<Entry, 'postings'>): boolean =>
  [...netOf(postings).values()].every((net) => net === 0n);
