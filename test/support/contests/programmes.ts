import { fundProgramme } from '../../../functions/settlement/fund-programme.ts';
import { settleAgreement } from '../../../functions/settlement/settle-agreement.ts';
import { caller } from '../api.ts';
import { money, Programme } from '../funding.ts';
import { ada, bob } from '../market-api.ts';
import { kg } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { inTurn, settlement, settles } from './workers.ts';
import type { World } from './world.ts';

interface Funded {
  readonly id: string;
  readonly agreements: readonly string[];
}

const funds: Act<Funded> = async (as, { id }) => {
  await fundProgramme(settlement(as), id);
  return 'done';
};
const settlesFirst: Act<Funded> = async (as, { agreements: [id = ''] }) => {
  await settleAgreement(settlement(as), id);
  return 'done';
};
const raises =
  (amount: string): Act<Funded> =>
  async (as, { id }) => {
    const path = `/v1/programmes/${id}/budget-change`;
    await as.ask(ada, 'POST', path, { budget: money(amount), reason: 'Parliament' });
    return as.ask(bob, 'POST', `${path}/approve`);
  };
/** Two sites whose claims of a first quarter are above a budget that was cut. */
async function cut({ trading }: World): Promise<Programme> {
  const programme = await Programme.open(trading);
  await programme.budgetOf('50000.00');
  await programme.quarter('2027-Q1', '78.00', '1000', '875');
  programme.at.now = '2027-05-16T12:00:00.000Z';
  return programme;
}

/** The same, when the first round has paid what there was. */
async function carried(world: World): Promise<Programme> {
  const programme = await cut(world);
  await programme.at.settle();
  return programme;
}

/** And stock of the second quarter is designated, which is due. */
async function secondDue(world: World): Promise<Programme> {
  const programme = await carried(world);
  await programme.quarter('2027-Q2', '78.00', '500');
  programme.at.now = '2027-08-20T12:00:00.000Z';
  return programme;
}

const idsOf = ({ id, agreements }: Programme): Funded => ({ id, agreements });

export const programmeContests: readonly Contest<Funded>[] = [
  {
    keeps: 'that the same money is not promised to two sites',
    guard: / leftStands$/,
    foundBy: 'no order of the two',
    arrange: async ({ trading }) => {
      const programme = await Programme.open(trading, undefined, { budget: money('300000.00') });
      const agreements: string[] = [];
      for (const name of ['mine-three', 'mine-four']) {
        const site = await trading.siteOf(caller(name, 'producer'));
        const caps = ['2027-Q1', '2027-Q2'].map((quarter) => ({ quarter, quantity: kg('1000') }));
        const path = `/v1/programmes/${programme.id}/agreements`;
        agreements.push((await trading.done(ada, 'POST', path, { site, caps })).body.id);
      }
      return { id: programme.id, agreements };
    },
    one: (as, { agreements: [id = ''] }) => as.ask(bob, 'POST', `/v1/agreements/${id}/approve`),
    other: (as, { agreements: [, id = ''] }) => as.ask(bob, 'POST', `/v1/agreements/${id}/approve`),
  },
  {
    keeps: 'that a round pays out of the budget as it stands',
    guard: / budgetStands$/,
    foundBy: 'programme_budget',
    arrange: async (world) => {
      const programme = await cut(world);
      for (const id of programme.agreements) await settleAgreementIn(world, id);
      return idsOf(programme);
    },
    one: funds,
    other: raises('40000.00'),
  },
  {
    keeps: 'that a round shares among all who claim by then',
    guard: / movesStands$/,
    foundBy: 'no order of the two',
    arrange: async (world) => {
      const programme = await secondDue(world);
      await programme.budgetOf('55000.00');
      return idsOf(programme);
    },
    one: funds,
    other: async (as, funded) => {
      await settlesFirst(as, funded);
      return settlesFirst(as, { ...funded, agreements: funded.agreements.slice(1) });
    },
    afterwards: settles,
  },
  {
    keeps: 'what a site was paid while its next quarter was settled',
    guard: / paidIs$/,
    foundBy: 'support_claims',
    arrange: async (world) => {
      const programme = await secondDue(world);
      await programme.budgetOf('55000.00');
      return idsOf(programme);
    },
    one: settlesFirst,
    other: funds,
  },
  {
    keeps: 'that a claim that was paid does not come back',
    guard: / amountIs$/,
    beside: /^(LEDGER|ACCOUNT) | paidIs$/,
    foundBy: 'support_claims',
    arrange: async (world) => idsOf(await cut(world)),
    one: settles,
    other: inTurn(settles, raises('65000.00'), settles),
  },
  {
    keeps: 'that what an agreement reserved is freed once',
    guard: /^AGREEMENT \S+ isActive$/,
    foundBy: 'programme_paid',
    arrange: async (world) => {
      const programme = await secondDue(world);
      await programme.budgetOf('80000.00');
      for (const id of programme.agreements) await settleAgreementIn(world, id);
      await fundProgramme({ table: world.table, clock: () => world.now }, programme.id);
      return idsOf(programme);
    },
    one: settlesFirst,
    other: settlesFirst,
  },
  {
    keeps: 'a round that somebody pays while another closes the one before',
    guard: / isDistributing$/,
    foundBy: 'support_rounds',
    arrange: async (world) => {
      const programme = await cut(world);
      for (const id of programme.agreements) await settleAgreementIn(world, id);
      return idsOf(programme);
    },
    one: funds,
    other: inTurn(funds, raises('65000.00'), funds),
    dies: true,
    afterwards: settles,
  },
  {
    keeps: 'a round that is being paid from being forgotten',
    guard: / notDistributing$/,
    beside: / (moves|rounds|paid|budget|contracts)Stands$/,
    foundBy: 'support_rounds',
    arrange: async (world) => {
      const programme = await carried(world);
      // Behind the last day on which somebody looks whatever happens.
      programme.at.now = '2027-06-15T12:00:00.000Z';
      return idsOf(programme);
    },
    one: funds,
    other: inTurn(raises('65000.00'), funds),
    dies: true,
    afterwards: settles,
  },
  {
    keeps: 'that a site that was turned down is not let in',
    guard: / isProposed$/,
    foundBy: 'programme_paid',
    arrange: async ({ trading }) => {
      const programme = await Programme.open(trading, undefined, { budget: money('300000.00') });
      const site = await trading.siteOf(caller('mine-three', 'producer'));
      const caps = [{ quarter: '2027-Q1', quantity: kg('1000') }];
      const path = `/v1/programmes/${programme.id}/agreements`;
      return {
        id: programme.id,
        agreements: [(await trading.done(ada, 'POST', path, { site, caps })).body.id],
      };
    },
    one: (as, { agreements: [id = ''] }) => as.ask(bob, 'POST', `/v1/agreements/${id}/approve`),
    other: (as, { agreements: [id = ''] }) => as.ask(bob, 'POST', `/v1/agreements/${id}/reject`),
  },
];

async function settleAgreementIn({ table, now }: World, id: string): Promise<void> {
  await settleAgreement({ table, clock: () => now }, id);
}
