import { fundProgramme } from '../../../functions/settlement/fund-programme.ts';
import { settleAgreement } from '../../../functions/settlement/settle-agreement.ts';
import { lockBudget } from '../../../shared/store/programme-budget.ts';
import { caller } from '../api.ts';
import { money, Programme } from '../funding.ts';
import { ada, bob, buyer, mine } from '../market-api.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import { eachOf, type Act, type Contest } from './contest.ts';
import { clears, clearsTwice, inTurn, settlement } from './workers.ts';
import type { World } from './world.ts';

interface Supported {
  readonly id: string;
  readonly agreements: readonly string[];
  readonly sites: readonly string[];
}

/** A programme of two sites with money for more; two further sites, and two agreements proposed for the first of them. */
async function open({ trading }: World): Promise<Supported> {
  const { id, agreements } = await Programme.open(trading, undefined, { budget: money('600000.00') });
  const sites = [
    await trading.siteOf(caller('mine-three', 'producer')),
    await trading.siteOf(caller('mine-four', 'producer')),
  ];
  const proposed: string[] = [];
  for (let count = 0; count < 2; count += 1)
    proposed.push(
      (await trading.done(ada, 'POST', `/v1/programmes/${id}/agreements`, agreement(sites[0]))).body.id,
    );
  return { id, agreements: [...agreements, ...proposed], sites };
}

const agreement = (site = '') => ({
  site,
  caps: ['2027-Q1', '2027-Q2'].map((quarter) => ({ quarter, quantity: kg('1000') })),
});
const proposes =
  (index: number): Act<Supported> =>
  (as, { id, sites }) =>
    as.ask(ada, 'POST', `/v1/programmes/${id}/agreements`, agreement(sites[index]));
const approves =
  (index: number): Act<Supported> =>
  (as, { agreements }) =>
    as.ask(bob, 'POST', `/v1/agreements/${agreements[index] ?? ''}/approve`);
const designates =
  (amount: string): Act<Supported> =>
  (as, { agreements: [id = ''] }) =>
    as.ask(mine, 'POST', `/v1/agreements/${id}/designations`, { quarter: '2027-Q1', stockpiled: kg(amount) });

/** The same, when a quarter is over that both sites designated; nothing has been settled. */
async function due(world: World): Promise<Supported> {
  const programme = await Programme.open(world.trading);
  await programme.quarter('2027-Q1', '78.00', '1000', '875');
  world.now = '2027-05-16T12:00:00.000Z';
  return { id: programme.id, agreements: programme.agreements, sites: [] };
}

/** And settled: there is a round to decide. */
async function claimed(world: World): Promise<Supported> {
  const found = await due(world);
  for (const id of found.agreements)
    await settleAgreement({ table: world.table, clock: () => world.now }, id);
  return found;
}

const settles: Act<Supported> = async (as, { agreements: [id = ''] }) => {
  await settleAgreement(settlement(as), id);
  return 'done';
};
const funds: Act<Supported> = async (as, { id }) => {
  await fundProgramme(settlement(as), id);
  return 'done';
};

export const supportContests: readonly Contest<Supported>[] = [
  ...eachOf(
    {
      keeps: 'an agreement from another of its id',
      foundBy: 'no order of the two',
      ...{ areTwins: true, arrange: open, one: proposes(0), other: proposes(1) },
    },
    'AGREEMENT AGREEMENT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a site is taken in once',
      foundBy: 'no order of the two',
      ...{ arrange: open, one: approves(2), other: approves(3) },
    },
    'PROGRAMME SITE doesNotExist',
    'SITE SUPPORT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a quarter is designated once',
      foundBy: 'no order of the two',
      arrange: async (world) => {
        const found = await open(world);
        world.now = '2027-03-20T12:00:00.000Z';
        return found;
      },
      ...{ one: designates('500'), other: designates('600') },
    },
    'AGREEMENT DESIGNATION doesNotExist',
  ),
  ...eachOf(
    {
      keeps: "that a quarter of a site's agreement is settled once",
      foundBy: 'no order of the two',
      ...{ arrange: due, one: settles, other: inTurn(settles, funds) },
      beside: / paidIs$|^PROGRAMME CLAIM doesNotExist$/,
    },
    'AGREEMENT SETTLEMENT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that what is owed is claimed once',
      foundBy: 'no order of the two',
      ...{ arrange: due, one: settles, other: settles },
      beside: /^AGREEMENT SETTLEMENT doesNotExist$/,
    },
    'PROGRAMME CLAIM doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a round is decided once',
      foundBy: 'programme_paid',
      ...{ arrange: claimed, one: funds, other: funds },
      beside: /^(LEDGER ENTRY|ACCOUNT \*) doesNotExist$| (moves|budget|contracts)Stands$| notDistributing$/,
    },
    'PROGRAMME ROUND doesNotExist',
    'PROGRAMME BUDGET roundsStands',
    'PROGRAMME BUDGET paidStands',
  ),
];

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
      ...{ arrange: open, one: locksBudget(1), other: locksBudget(2) },
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
