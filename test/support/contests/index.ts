import type { Contest } from './contest.ts';
import { prepared, tried, type Trial } from './trial.ts';
import { deliveryContests } from './deliveries.ts';
import { gateContests } from './gate.ts';
import { onceContests } from './once.ts';
import { floorContests, orderContests, rateContests, siteContests } from './orders.ts';
import { priceContests } from './prices.ts';
import { programmeContests } from './programmes.ts';
import { stockBookContests } from './stock-books.ts';
import { lotContests, stockContests } from './stock.ts';
import { reserveContests } from './reserves.ts';
import { runContests } from './runs.ts';
import { settlementContests } from './settlements.ts';
import { supportContests } from './support.ts';
import { lookContests, noticeContests, publicationContests, warningContests } from './warnings.ts';

export interface AnyContest extends Pick<Contest<never>, 'keeps' | 'guard' | 'foundBy'> {
  /** With the guard, and without. */
  readonly trials: () => Promise<readonly [sound: Trial, unsound: Trial]>;
}

const all = <W>(contests: readonly Contest<W>[]): AnyContest[] =>
  contests.map((contest) => ({
    ...contest,
    trials: async () => {
      const start = await prepared(contest);
      return [await tried(contest, start, false), await tried(contest, start, true)] as const;
    },
  }));

/** Of each guard that no history is lost without: two acts that are. */
export const contests: readonly AnyContest[] = [
  ...all(onceContests),
  ...all(gateContests),
  ...all(runContests),
  ...all(settlementContests),
  ...all(programmeContests),
  ...all(supportContests),
  ...all(reserveContests),
  ...all(siteContests),
  ...all(orderContests),
  ...all(floorContests),
  ...all(rateContests),
  ...all(priceContests),
  ...all(stockContests),
  ...all(lotContests),
  ...all(stockBookContests),
  ...all(deliveryContests),
  ...all(warningContests),
  ...all(lookContests),
  ...all(noticeContests),
  ...all(publicationContests),
];
