import { fundProgramme } from '../../../functions/settlement/fund-programme.ts';
import { settleAgreement } from '../../../functions/settlement/settle-agreement.ts';
import { caller } from '../api.ts';
import { money, Programme } from '../funding.ts';
import { ada, bob, mine } from '../market-api.ts';
import { kg } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import { inTurn, settlement } from './workers.ts';
import type { World } from './world.ts';

export interface Supported {
  readonly id: string;
  readonly agreements: readonly string[];
  readonly sites: readonly string[];
}

/** A programme of two sites with money for more; two further sites, and two agreements proposed for the first of them. */
export async function twoSites({ trading }: World): Promise<Supported> {
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
      ...{ areTwins: true, arrange: twoSites, one: proposes(0), other: proposes(1) },
    },
    'AGREEMENT AGREEMENT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a site is taken in once',
      foundBy: 'no order of the two',
      ...{ arrange: twoSites, one: approves(2), other: approves(3) },
    },
    'PROGRAMME SITE doesNotExist',
    'SITE SUPPORT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a quarter is designated once',
      foundBy: 'no order of the two',
      arrange: async (world) => {
        const found = await twoSites(world);
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
