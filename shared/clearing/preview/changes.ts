import type { Award } from '../awards/award.ts';
import type { Snapshot } from '../snapshot.ts';
import { isRevealing, fewestParties } from '../../kernel/withholding.ts';
import { downToSeries } from './steps.ts';

/** Contracts that one clearing makes and another does not, as far as everyone may know: rounded down, or withheld. */
export interface Change {
  /** Undefined: too few organisations stand behind it, or none. */
  readonly total: { readonly contracts: bigint; readonly lots: bigint } | undefined;
  /** Those origins that could be shown alone; the others are not named. */
  readonly origins: readonly { readonly origin: string; readonly lots: bigint }[];
}

/** What of `from` is not in `to`: a contract is what one offer sells to one bid, whatever its quantities and prices. */
export function contractsOnlyIn(
  from: readonly Award[],
  to: readonly Award[],
  snapshot: Pick<Snapshot, 'offers' | 'bids'>,
): Change {
  const pairOf = ({ offer, bid }: Award): string => `${offer} ${bid}`;
  const kept = new Set(to.map(pairOf));
  const groups = new Map([...snapshot.offers, ...snapshot.bids].map(({ id, group }) => [id, group]));
  const gone = from
    .filter((award) => !kept.has(pairOf(award)))
    .map(({ offer, bid, origin, schedule }) => ({
      origin,
      seller: groups.get(offer) ?? offer,
      buyer: groups.get(bid) ?? bid,
      lots: schedule.reduce((sum, { lots }) => sum + lots, 0n),
    }));
  return {
    total: mayBeShown(gone)
      ? { contracts: downToSeries(BigInt(gone.length)), lots: downToSeries(lotsOf(gone)) }
      : undefined,
    origins: [...Map.groupBy(gone, ({ origin }) => origin)]
      .filter(([, group]) => mayBeShown(gone) && mayBeShown(group))
      .map(([origin, group]) => ({ origin, lots: downToSeries(lotsOf(group)) }))
      .sort((a, b) => (a.origin < b.origin ? -1 : 1)),
  };
}

interface Part {
  readonly seller: string;
  readonly buyer: string;
  readonly lots: bigint;
}

const lotsOf = (parts: readonly Part[]): bigint => parts.reduce((sum, { lots }) => sum + lots, 0n);

/** Three independent organisations on each side, none with more than 70 %. That none changes is told no more than that few do. */
const mayBeShown = (parts: readonly Part[]): boolean =>
  (['seller', 'buyer'] as const).every((side) => {
    const held = [...Map.groupBy(parts, (part) => part[side]).values()].map(lotsOf);
    const topLots = held.reduce((most, lots) => (lots > most ? lots : most), 0n);
    return held.length >= fewestParties && !isRevealing(lotsOf(parts), { parties: held.length, topLots });
  });
