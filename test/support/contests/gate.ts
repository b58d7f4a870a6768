import { lockOrder } from '../../../shared/store/orders/book.ts';
import { buyer, mine } from '../market-api.ts';
import { bidBody, flat, offerBody, usd } from '../trading.ts';
import { asked } from './asked.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import { clears } from './workers.ts';

const changes =
  (price: string): Act<string> =>
  (as, id) =>
    as.ask(mine, 'PATCH', `/v1/offers/${id}`, { price: usd(price) }, { 'If-Match': '"1"' });
const withdraws: Act<string> = (as, id) => as.ask(mine, 'POST', `/v1/offers/${id}/withdraw`);
const offersMore: Act<string> = (as) => as.ask(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('5') }));

export const gateContests: readonly Contest<string>[] = [
  ...eachOf(
    {
      keeps: 'a change of an order from another of the same version',
      foundBy: 'no order of the two',
      ...{ arrange: asked, one: changes('91.00'), other: changes('92.00') },
    },
    'ORDER ORDER versionIs',
  ),
  ...eachOf(
    {
      keeps: 'that an order which was withdrawn stays so',
      foundBy: 'order_book',
      ...{ arrange: asked, one: changes('91.00'), other: withdraws, begun: /^ORDER \S+ versionIs$/ },
    },
    'ORDER ORDER isOpen',
    'ORDER ORDER versionIs',
  ),
  ...eachOf(
    {
      keeps: 'that what was withdrawn is not cleared',
      foundBy: 'site_entries',
      ...{ isFree: true, arrange: asked, one: clears, other: withdraws, begun: /^ORDER \S+ versionIs$/ },
    },
    'ORDER ORDER isOpen',
  ),
  ...eachOf(
    {
      keeps: 'an order that a run has locked from being changed',
      foundBy: 'somebody is stuck',
      ...{ arrange: asked, one: changes('91.00'), other: clears, dies: true, afterwards: clears },
      beside: /^ORDER \S+ versionIs$/,
    },
    'ORDER ORDER freeOfRuns',
  ),
  ...eachOf(
    {
      keeps: 'the gate for whoever comes after it',
      foundBy: 'no order of the two',
      ...{ arrange: asked, one: clears, other: offersMore, clocks: [0, 20_000] },
    },
    'ORDER ORDER postedBy',
  ),
  ...eachOf(
    {
      keeps: 'what has expired from trading',
      foundBy: 'no order of the two',
      arrange: async (world) => {
        const id = await asked(world);
        const body = offerBody(world.trading.site, { validUntil: world.later(10_000), price: usd('80.00') });
        await world.trading.done(mine, 'POST', '/v1/offers', body);
        return id;
      },
      ...{ one: clears, other: offersMore, clocks: [20_000, 0] },
    },
    'ORDER ORDER validAfter',
  ),
  ...eachOf(
    {
      keeps: 'what a run has locked from a worker of the run before',
      foundBy: 'no order of the two',
      arrange: asked,
      one: async ({ table, clock }, id) =>
        (await lockOrder(table, id, { run: 1, ended: 0, gateClosure: clock() })).state === 'locked'
          ? 'done'
          : 'refused',
      other: async ({ table, clock }, id) => {
        await lockOrder(table, id, { run: 2, ended: 1, gateClosure: clock() });
        return 'done';
      },
    },
    'ORDER ORDER freeForRun',
  ),
];
