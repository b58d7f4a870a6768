import { settleAgreement } from '../../../functions/settlement/settle-agreement.ts';
import { lockBudget } from '../../../shared/store/support/programme-budget.ts';
import { caller } from '../api.ts';
import { money, Programme } from '../funding.ts';
import { ada, bob, buyer, mine } from '../market-api.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import { twoSites, type Supported } from './support.ts';
import { clears, clearsTwice, inTurn } from './workers.ts';
import type { World } from './world.ts';

/** A programme that one administrator has proposed. */
async function proposed({ trading }: World): Promise<Supported> {
  await Programme.open(trading);
  const { body } = await trading.done(ada, 'POST', '/v1/programmes', {
    ...{ name: 'Price gap', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
    ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
    ...{ budget: money('200000.00'), maximumGap: usd('40.00'), from: '2028-Q1', to: '2028-Q4' },
    rationale: 'Bridge the gap.',
  });
  return { id: body.id, agreements: [], sites: [await trading.siteOf(caller('mine-three', 'producer'))] };
}

const approvesProgramme: Act<Supported> = (as, { id }) => as.ask(bob, 'POST', `/v1/programmes/${id}/approve`);

/** Takes a site into it. */
const takesIn: Act<Supported> = async (as, { id, sites: [site = ''] }) => {
  const caps = [{ quarter: '2028-Q1', quantity: kg('1000') }];
  const { body } = await as.call(ada, 'POST', `/v1/programmes/${id}/agreements`, { site, caps });
  return as.ask(bob, 'POST', `/v1/agreements/${body.id}/approve`);
};

const locksBudget =
  (run: number): Act<Supported> =>
  async ({ table }, { id }) =>
    (await lockBudget(table, id, { run, ended: run - 1 })) === undefined ? 'refused' : 'done';

/** A market in which a programme makes up what a buyer does not pay, and somebody asks for it to be cleared. */
async function supportedMarket(world: World): Promise<Supported> {
  const { trading } = world;
  const programme = await Programme.open(trading, undefined, { budget: money('210000.00') });
  await programme.quarter('2027-Q1', '65.00', '1000');
  world.now = '2027-05-16T12:00:00.000Z';
  for (const id of programme.agreements)
    await settleAgreement({ table: world.table, clock: () => world.now }, id);
  await trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
    points: Array.from({ length: 5 }, (_, index) => ({
      ...{ date: '2027-05-15', firm: `firm-${index}`, price: usd('65.00'), quantity: kg('1000') },
    })),
  });
  const price = { price: usd('100.00'), delivery: flat('60', '2027-Q3') };
  await trading.done(mine, 'POST', '/v1/offers', offerBody(trading.site, price));
  await trading.done(buyer, 'POST', '/v1/bids', bidBody({ ...price, price: usd('70.00') }));
  await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
  return { id: programme.id, agreements: programme.agreements, sites: [] };
}

const cutsBudget: Act<Supported> = async (as, { id }) => {
  const path = `/v1/programmes/${id}/budget-change`;
  await as.ask(ada, 'POST', path, { budget: money('1000.00'), reason: 'Parliament' });
  return as.ask(bob, 'POST', `${path}/approve`);
};

export const reserveContests: readonly Contest<Supported>[] = [
  ...eachOf(
    {
      keeps: 'what contracts reserve of a budget from being cut',
      foundBy: 'programme_budget',
      ...{ arrange: supportedMarket, one: cutsBudget, other: clears, isFree: true },
      beside: /^CONFIGURATION REVISION revisionIs$/,
    },
    'PROGRAMME BUDGET freeOfRuns',
    'PROGRAMME BUDGET contractsStands',
  ),
  ...eachOf(
    {
      keeps: 'what a clearing counts on from being cut',
      foundBy: 'somebody is stuck',
      ...{ arrange: supportedMarket, one: cutsBudget, other: clears, dies: true, afterwards: clears },
      beside: / contractsStands$|^CONFIGURATION REVISION revisionIs$/,
    },
    'PROGRAMME BUDGET freeOfRuns',
  ),
  ...eachOf(
    {
      keeps: 'what a budget has promised from being opened anew',
      foundBy: 'programme_paid',
      ...{ arrange: proposed, one: approvesProgramme, other: inTurn(approvesProgramme, takesIn) },
      holdsOne: true,
    },
    'PROGRAMME BUDGET doesNotExist',
    'LEDGER ENTRY doesNotExist',
    'ACCOUNT * doesNotExist',
    'REF * versionIs',
    'REF V doesNotExist',
    'CONFIGURATION REVISION revisionIs',
  ),
  ...eachOf(
    {
      keeps: 'a budget that a run holds from a worker of the run before',
      foundBy: 'no order of the two',
      ...{ arrange: twoSites, one: locksBudget(1), other: locksBudget(2) },
    },
    'PROGRAMME BUDGET freeForRun',
  ),
  ...eachOf(
    {
      keeps: 'that a supported chunk is applied once',
      foundBy: 'order_balance',
      ...{ arrange: supportedMarket, one: clears, other: clearsTwice, afterwards: clears },
      ...{ isFree: true, holdsOne: true, heldAt: /^PLAN GUARD / },
      beside: /^(PLAN GUARD|CONTRACT \S+|AGREEMENT AGREEMENT|ORDER ORDER) | leftStands$/,
    },
    'PROGRAMME BUDGET lockedBy',
  ),
];
