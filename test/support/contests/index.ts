import { prepared, tried, type Contest, type Trial } from './contest.ts';
import { gateContests, runContests, settlementContests } from './market.ts';
import { onceContests } from './once.ts';
import { floorContests, orderContests, rateContests, siteContests } from './orders.ts';
import { priceContests } from './prices.ts';
import { programmeContests } from './programmes.ts';
import { deliveryContests, stockBookContests } from './stock-books.ts';
import { lotContests, stockContests } from './stock.ts';
import { reserveContests, supportContests } from './support.ts';
import { noticeContests, publicationContests, warningContests } from './warnings.ts';

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
  ...all(noticeContests),
  ...all(publicationContests),
];
