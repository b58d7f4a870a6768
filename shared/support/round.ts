import * as z from 'zod';
import { endOf, settledAfterDays } from '../contracts/settlement/settle-quarter.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { moneyOf, moneySchema } from '../kernel/money.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterFromNumber, quarterNumber, quarterOf, quarterSchema } from '../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../kernel/time.ts';
import { addDays, dateOf, instantSchema } from '../kernel/time.ts';
import { accounts } from '../ledger/account.ts';
import type { Entry } from '../ledger/entry.ts';
import { entryOf, minorUnits } from '../ledger/posting.ts';
import { fundClaims } from './funding.ts';

/** When a quarter of an agreement is settled: when the contracts under which its output was delivered surely are. */
export const supportDue = (quarter: Quarter): CalendarDate => addDays(endOf(quarter), settledAfterDays);

/** So many days after a quarter's end its claims are funded, whoever has not claimed yet. */
const cutOffDays = 60;

export const cutOffDay = (quarter: Quarter): CalendarDate => addDays(endOf(quarter), cutOffDays);

/** What an agreement is owed for a quarter and has not been paid: minor units. */
export interface OpenClaim {
  readonly agreement: string;
  readonly producer: string;
  readonly site: string;
  readonly quarter: Quarter;
  readonly amount: bigint;
}

const paidClaimSchema = z.strictObject({
  agreement: generatedIdSchema('agreement'),
  producer: nameIdSchema,
  site: generatedIdSchema('site'),
  quarter: quarterSchema,
  /** Owed and not paid before this round. */
  owed: moneySchema,
  paid: moneySchema,
  carried: moneySchema,
  /** Quarters since the one that it is for, up to the last one that had ended. */
  age: z.int().nonnegative(),
});

/**
 * What a programme pays at a time: of all claims that were open, the oldest quarter first, in proportion within one.
 * Never changed.
 */
export const fundingRoundSchema = z
  .strictObject({
    programme: generatedIdSchema('programme'),
    round: z.int().positive(),
    at: instantSchema,
    /** budget − paid − what contracts reserve. */
    available: moneySchema,
    paid: moneySchema,
    claims: z.array(paidClaimSchema),
    entry: generatedIdSchema('entry'),
  })
  .meta({ id: 'FundingRound' });
export type FundingRound = z.output<typeof fundingRoundSchema>;
export type PaidClaim = z.output<typeof paidClaimSchema>;

/**
 * The claims that a round may pay: of quarters for which every agreement of the programme has claimed, or whose cut-off
 * has come. Who claims later joins the next round.
 *
 * @param awaited the next quarter that each agreement will claim for.
 */
export const readyClaims = (
  claims: readonly OpenClaim[],
  awaited: readonly Quarter[],
  today: CalendarDate,
): OpenClaim[] =>
  claims.filter(
    ({ quarter }) => cutOffDay(quarter) <= today || awaited.every((expected) => expected > quarter),
  );

/** More than one programme has sites; what a round says must fit one item. */
export const maximumClaims = 1500;

export interface RoundTerms {
  readonly programme: string;
  readonly product: string;
  readonly currency: Currency;
  readonly round: number;
  /** Minor units that may be paid. */
  readonly available: bigint;
  readonly claims: readonly OpenClaim[];
  readonly at: Instant;
}

/** The round, and its entry: what it grants leaves the programme at once. `undefined` where it would pay nothing. */
export function decideRound(
  terms: RoundTerms,
): { readonly round: FundingRound; readonly entry: Entry } | undefined {
  const { programme, product, currency, round, available, at } = terms;
  const lastEnded = quarterFromNumber(quarterNumber(quarterOf(dateOf(at))) - 1);
  const claims = wholeQuarters(terms.claims);
  const known = new Map(claims.map((claim) => [keyOf(claim), claim]));
  const funded = fundClaims(available, claims, lastEnded);
  const paid = funded.reduce((sum, claim) => sum + claim.paid, 0n);
  const entry = entryOf({
    cause: { kind: 'round', programme, sequence: round },
    ...{ quarter: quarterOf(dateOf(at)), product, postedAt: at, currency },
    movements: [
      { account: accounts.programme(programme), amount: -paid },
      { account: accounts.payable(programme), amount: paid },
    ],
    description: `Funding round ${round}`,
  });
  if (entry === undefined) return undefined;
  const money = (minor: bigint) => moneyOf(minor, currency);
  return {
    entry,
    round: {
      ...{ programme, round, at, entry: entry.id, available: money(available), paid: money(paid) },
      claims: funded.map((claim) => {
        const { agreement, quarter, amount, carried, age } = claim;
        const { producer, site } = known.get(keyOf(claim))!;
        return {
          ...{ agreement, producer, site, quarter, age: Math.max(0, age) },
          ...{ owed: money(amount), paid: money(claim.paid), carried: money(carried) },
        };
      }),
    },
  };
}

const keyOf = ({ agreement, quarter }: Pick<OpenClaim, 'agreement' | 'quarter'>): string =>
  `${quarter} ${agreement}`;

/** The oldest quarters, each whole, as many as fit. Throws where one alone does not. */
function wholeQuarters(claims: readonly OpenClaim[]): OpenClaim[] {
  const inOrder = claims.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (inOrder.length <= maximumClaims) return inOrder;
  const cut = inOrder[maximumClaims]!.quarter;
  const whole = inOrder.filter(({ quarter }) => quarter < cut);
  if (whole.length === 0) throw new Error(`more than ${maximumClaims} claims of one quarter`);
  return whole;
}

/** What a round pays of one claim: out of what it has granted, to the producer. Nothing where it pays nothing of it. */
export const paymentEntry = (
  { programme, round, at }: Pick<FundingRound, 'programme' | 'round' | 'at'>,
  { agreement, producer, quarter, paid, age }: PaidClaim,
  product: string,
): Entry | undefined => {
  const amount = minorUnits(paid);
  return entryOf({
    cause: { kind: 'payment', agreement, quarter, round },
    ...{ quarter, product, postedAt: at, currency: paid.currency },
    movements: [
      { account: accounts.payable(programme), amount: -amount },
      { account: accounts.organisation(producer), amount },
    ],
    description: `Support of ${quarter}${age === 0 ? '' : `, carried over ${age} quarters`}`,
  });
};
