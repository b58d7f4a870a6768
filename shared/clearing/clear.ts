import { fail, ok, type Result } from '../kernel/result.ts';
import { problem } from '../kernel/problem.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { minorUnitsOf } from '../pricing/product-terms.ts';
import { awardsOf, type Award } from './awards/award.ts';
import { readBook } from './book.ts';
import { awardsToMembers, dropUnserved, poolShares } from './awards/member-awards.ts';
import { explainMembers } from './explanation/member-explanations.ts';
import { Absences } from './members.ts';
import { Eligibility } from './eligibility/eligibility.ts';
import { explain, type OrderExplanation } from './explanation/explain.ts';
import type { QuarterExplanation } from './explanation/explanation.ts';
import { facetsOf } from './eligibility/facets.ts';
import { MOST_ENTRIES } from './solver/limits.ts';
import { MarketTooLarge } from './solver/network.ts';
import type { Told } from './documents/judge-run.ts';
import { proofOf, type QuarterProof } from './documents/proof.ts';
import {
  clearQuarters,
  type ClearedMarket,
  type ClearedQuarter,
  type Setting,
  type MayGoOn,
} from './quarters.ts';
import type { Snapshot } from './snapshot.ts';
import { supportRounds, type SupportRound } from './support/support-round.ts';

export interface Optimality {
  readonly primal: bigint;
  readonly dual: bigint;
  /** dual − primal. */
  readonly gap: bigint;
}

/** One quarter's result for the public record. */
export interface QuarterOutcome {
  readonly quarter: Quarter;
  readonly lots: bigint;
  /** Least and greatest landed price of the quarter's awards in ticks; null where there are none. */
  readonly landedPrice: { readonly low: bigint; readonly high: bigint } | null;
  /**
   * Gains from trade and their upper bound, in ticks × lots: where they are equal, no other outcome gains more. A
   * condition or a zone's cap may leave a gap.
   */
  readonly optimality: Optimality;
}

/** Everything a clearing decides. The same snapshot gives the same outcome, whatever the order of its lists. */
export interface Outcome {
  readonly awards: readonly Award[];
  /** Orders that a condition of their own kept out, with the condition's code; sorted by order. */
  readonly rejected: readonly { readonly order: string; readonly code: string }[];
  /** Members of pools that a minimum of their own kept out of a quarter; sorted by member, then quarter. */
  readonly absent: readonly { readonly member: string; readonly quarter: Quarter }[];
  readonly quarters: readonly QuarterOutcome[];
  /** In minor units of the product's currency. */
  readonly levyTotal: bigint;
  /** What programmes support of what the market itself left; its awards are among `awards`. */
  readonly support: readonly SupportRound[];
  /** By order id, and by member's for pools: for every one of the snapshot. */
  readonly explanations: ReadonlyMap<string, readonly QuarterExplanation[]>;
  /** By order id: what became of it, in one plain sentence. */
  readonly sentences: ReadonlyMap<string, string>;
  readonly proof: readonly QuarterProof[];
}

/**
 * Clears a sealed call auction: eligible pairs → network → flow → prices → awards → explanation. Then each programme of
 * the snapshot supports what it can of what is left.
 *
 * `mayGoOn`, if given, is asked before each solve: the outcome never depends on it, only whether there is one.
 *
 * Errors: market_too_large (the whole clearing fails, nothing is cleared by halves).
 */
export function clear(snapshot: Snapshot, mayGoOn?: MayGoOn): Result<Outcome> {
  const cleared = clearToExplain(snapshot, mayGoOn);
  return cleared.ok ? ok(cleared.value.outcome) : cleared;
}

/** What is decided, and what of it is said of every order and every member of a pool. */
export interface ToExplain {
  readonly outcome: Outcome;
  /** `told`, where given, is what the market's public view shows beside all that earlier runs have shown. */
  readonly explained: (told?: Told) => ReadonlyMap<string, OrderExplanation>;
}

/** Clears, for whoever says afterwards what may be told in explanations. As `clear`. */
export function clearToExplain(snapshot: Snapshot, mayGoOn?: MayGoOn): Result<ToExplain> {
  const entries = entriesOf(snapshot.offers) + entriesOf(snapshot.bids);
  if (entries > MOST_ENTRIES)
    return fail(
      problem(
        'market_too_large',
        `orders for ${entries} quarters in all; one clearing takes ${MOST_ENTRIES}`,
      ),
    );
  try {
    const absences = new Absences();
    const first = clearBook(snapshot, absences, mayGoOn);
    let last = first;
    while (dropUnserved(last.setting.book, last.shares, absences))
      last = clearBook(snapshot, absences, mayGoOn);
    const { setting, cleared, shares } = last;
    const { book } = setting;
    const { rejected } = cleared;
    const quarters = cleared.quarters.map((each, quarter) =>
      absences.hasAny(book.quarters[quarter]!) ? withBound(each, first.cleared.quarters[quarter]!) : each,
    );
    const own = awardsToMembers(snapshot, book, shares, awardsOf(setting, quarters));
    const support = supportRounds(snapshot, own);
    const awards = withSupported(own, support);
    // Whoever clears only to compare does not ask for explanations, which cost about as much as the clearing.
    let known: readonly (readonly [string, OrderExplanation])[] | undefined;
    const explained = () => (known ??= explainAll(setting, cleared, awards));
    const outcome: Outcome = {
      awards,
      rejected: [...rejected].map(([order, code]) => ({ order, code })),
      quarters: book.quarters.map((quarter, index) => quarterOutcome(quarter, quarters[index]!, own)),
      levyTotal: levyTotal(snapshot, awards),
      support,
      get explanations() {
        return new Map(explained().map(([order, { quarters: each }]) => [order, each]));
      },
      get sentences() {
        return new Map(explained().map(([order, { sentence }]) => [order, sentence]));
      },
      absent: absences.list(),
      proof: quarters.map((cleared, index) => proofOf(setting, cleared, book.quarters[index]!, own)),
    };
    return ok({ outcome, explained: (told) => new Map(explainAll(setting, cleared, awards, told)) });
  } catch (error) {
    if (error instanceof MarketTooLarge) return fail(problem('market_too_large', error.message));
    throw error;
  }
}

const entriesOf = (orders: readonly { readonly remaining: readonly unknown[] }[]): number =>
  orders.reduce((sum, { remaining }) => sum + remaining.length, 0);

/** Sorted by offer, then bid; the market's own before those that programmes support, in the order of their rounds. */
const withSupported = (own: readonly Award[], rounds: readonly SupportRound[]): Award[] =>
  rounds.length === 0
    ? [...own]
    : [...own, ...rounds.flatMap((round) => round.awards)].sort(
        (a, b) => compare(a.offer, b.offer) || compare(a.bid, b.bid),
      );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Clears every quarter, with what each pool was awarded shared among those of its members that take part. */
function clearBook(snapshot: Snapshot, absences: Absences, mayGoOn: MayGoOn | undefined) {
  const book = readBook(snapshot, absences);
  const facets = facetsOf(snapshot, book);
  const eligibility = new Eligibility(snapshot, facets, book.quarters);
  const setting = { snapshot, book, facets, eligibility, mayGoOn, absences };
  const cleared = clearQuarters(setting);
  return { setting, cleared, shares: poolShares(book, cleared.quarters) };
}

/** Every order and every member of a pool, by id. */
function explainAll(
  setting: Setting & { readonly absences: Absences },
  cleared: ClearedMarket,
  awards: readonly Award[],
  told?: Told,
): [string, OrderExplanation][] {
  const orders = explain(setting, cleared, awards, told);
  const members = explainMembers(setting.snapshot, awards, setting.absences, orders);
  return [...orders, ...members].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A quarter that some members of pools are left out of is bounded by the one in which all of them take part. */
const withBound = (cleared: ClearedQuarter, { market, solution, bound }: ClearedQuarter): ClearedQuarter => ({
  ...cleared,
  bound: bound ?? { market, solution },
});

function quarterOutcome(
  quarter: Quarter,
  { solution, bound }: ClearedQuarter,
  awards: readonly Award[],
): QuarterOutcome {
  const { primal, volume } = solution.certificate;
  const { dual } = (bound?.solution ?? solution).certificate;
  let low: bigint | undefined;
  let high: bigint | undefined;
  for (const { schedule } of awards)
    for (const { quarter: each, landed } of schedule) {
      if (each !== quarter) continue;
      if (low === undefined || landed < low) low = landed;
      if (high === undefined || landed > high) high = landed;
    }
  const landedPrice = low === undefined || high === undefined ? null : { low, high };
  return { quarter, lots: volume, landedPrice, optimality: { primal, dual, gap: dual - primal } };
}

/** The levy is owed per trade, never averaged. */
function levyTotal({ product }: Snapshot, awards: readonly Award[]): bigint {
  let sum = 0n;
  for (const { schedule } of awards)
    for (const { waterfall, lots } of schedule) sum += minorUnitsOf(waterfall.levy, lots, product);
  return sum;
}
