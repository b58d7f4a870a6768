import { refusalBit, type BindingCause, type RefusalCause } from '../eligibility/refusal.ts';
import type { Cure } from './cures.ts';

/**
 * Of each single reason the best cure; where none of them is certain, the best of two reasons together that is and of
 * which both can be told. No other organisation's quantity decides which is best.
 */
export function bestOf(cures: readonly Cure[]): Cure[] {
  const best = new Map<BindingCause, Cure>();
  for (const cure of cures) {
    const [cause] = cure.causes;
    if (cure.causes.length !== 1 || cause === undefined) continue;
    const known = best.get(cause);
    if (known === undefined || isBetter(cure, known)) best.set(cause, cure);
  }
  // The price is told once: of trades that were refused for it before those that were lost for it.
  if (
    [...best.values()].some(({ causes, limit, ask }) => isPrice(causes[0]!) && (limit ?? ask) !== undefined)
  )
    best.delete('out_of_competition');
  const singles = [...best.values()].sort(byCause);
  if (singles.some(({ certain }) => certain)) return singles;
  const pairs = cures.filter((cure) => cure.causes.length === 2 && cure.certain && cure.told).sort(byCause);
  const [first, ...others] = pairs;
  return first === undefined
    ? singles
    : [...singles, others.reduce((a, b) => (isBetter(b, a) ? b : a), first)];
}

/** Certain before told before the rest, then that which asks for fewest certificates, then the kinder price. */
function isBetter(a: Cure, b: Cure): boolean {
  if (a.certain !== b.certain) return a.certain;
  if (a.told !== b.told) return a.told;
  if (a.checks.length !== b.checks.length) return a.checks.length < b.checks.length;
  if (a.ask !== b.ask) return (a.ask ?? 0n) > (b.ask ?? 0n);
  return a.checks.join() < b.checks.join() || (a.checks.join() === b.checks.join() && a.origin < b.origin);
}

const isPrice = (cause: BindingCause): boolean =>
  cause === 'price_below_floor' || cause === 'limit_below_reserve';

const rankOf = (cause: BindingCause | undefined): number =>
  cause !== undefined && cause in refusalBit ? refusalBit[cause as RefusalCause] : Number.MAX_SAFE_INTEGER;

/** In order of report. */
const byCause = (a: Cure, b: Cure): number =>
  rankOf(a.causes[0]) - rankOf(b.causes[0]) || rankOf(a.causes[1]) - rankOf(b.causes[1]);
