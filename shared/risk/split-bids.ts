import { plus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal } from '../kernel/decimal.ts';
import type { Bid } from '../orders/bid.ts';
import type { Suspicion, Watched } from './surveillance.ts';
import { latest, suspicion } from './surveillance.ts';

/**
 * A cap on single origins is each bid's own. Where a group, or one organisation, has several bids, they are seen together:
 * what they have contracted from one origin for a quarter, against what they asked for, by the strictest cap that any of
 * them states. The bids of a pool are not counted: they are many buyers' by nature.
 */
export function splitBids({ bids, groupOf }: Watched): Suspicion[] {
  const own = bids.filter(({ pool }) => pool === undefined);
  return [...Map.groupBy(own, ({ buyer }) => groupOf(buyer))].flatMap(([, group]) => {
    const caps = group.flatMap(({ maxOriginShare }) =>
      maxOriginShare === undefined ? [] : [maxOriginShare],
    );
    const strictest = caps.toSorted(compareDecimal)[0];
    if (group.length < 2 || strictest === undefined) return [];
    return [...quartersOf(group)].sort().flatMap((quarter) => beyond(group, quarter, strictest));
  });
}

function beyond(group: readonly Bid[], quarter: string, cap: Decimal): Suspicion[] {
  const asking = group.filter((bid) => requestedIn(bid, quarter).units > 0n);
  const requested = sumOf(asking.map((bid) => requestedIn(bid, quarter)));
  const byOrigin = new Map<string, Decimal>();
  for (const { contractedByOrigin } of asking)
    for (const entry of contractedByOrigin)
      if (entry.quarter === quarter)
        byOrigin.set(entry.origin, plus(byOrigin.get(entry.origin) ?? zero, entry.quantity.amount));
  return [...byOrigin]
    .filter(([, contracted]) => compareDecimal(contracted, times(requested, cap)) > 0)
    .map(([origin, contracted]) =>
      suspicion(
        'split_bid',
        latest(asking.map(({ updatedAt }) => updatedAt)),
        `Together they have ${percent(contracted, requested)} % of what they asked for in ${quarter} from ${origin}: more than the cap that one of them states.`,
        {
          organisations: asking.map(({ buyer }) => buyer),
          evidence: [...asking.map(({ id }) => id), `${quarter} ${origin}`],
        },
      ),
    );
}

const quartersOf = (bids: readonly Bid[]): Set<string> =>
  new Set(bids.flatMap(({ contracted }) => contracted.map(({ quarter }) => quarter)));

/** A bid's quantity of a quarter is what remains of it and what is contracted. */
const requestedIn = ({ remaining, contracted }: Bid, quarter: string): Decimal =>
  sumOf(
    [...remaining, ...contracted]
      .filter((entry) => entry.quarter === quarter)
      .map(({ quantity }) => quantity.amount),
  );

/** In whole per cent, rounded down: for people to read. */
const percent = (part: Decimal, whole: Decimal): string => {
  const scale = part.scale > whole.scale ? part.scale : whole.scale;
  const at = ({ units, scale: own }: Decimal): bigint => units * 10n ** BigInt(scale - own);
  return String((at(part) * 100n) / at(whole));
};
