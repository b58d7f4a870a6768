import { ada, bob, buyer, stockpile as reserve } from '../market-api.ts';
import { accountBody, activeStockpile, openedLot } from '../stock.ts';
import { bidBody, flat, kg, usd } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { clears, settles } from './workers.ts';
import type { World } from './world.ts';

interface Held {
  readonly stockpile: string;
  readonly accounts: readonly string[];
  readonly release: string;
  readonly loan: string;
}

/** 2,500 kg, of which 1,500 are the reserve floor; two accounts of a member with a verified need; a release that one has approved; a loan that was asked for. */
async function held({ trading }: World): Promise<Held> {
  const stockpile = await activeStockpile(trading);
  await openedLot(trading, stockpile, { quantity: kg('600') });
  await openedLot(trading, stockpile, { quantity: kg('1900') });
  const need = `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`;
  await trading.done(buyer, 'PUT', need, { annualUse: kg('36500'), essential: false, evidence: 'Accounts' });
  await trading.done(ada, 'POST', `${need}/${buyer.organisation}/verify`, { annualUse: kg('36500') });
  const accounts: string[] = [];
  for (const committed of [kg('2000'), kg('2000')]) {
    const body = accountBody(buyer.organisation, { committed });
    const { id } = (await trading.done(reserve, 'POST', `/v1/stockpiles/${stockpile}/accounts`, body)).body;
    await trading.done(buyer, 'POST', `/v1/stock-accounts/${id}/accept`);
    accounts.push(id);
  }
  const terms = { product: 'ndpr-oxide', quantity: kg('5000'), reason: 'The strait is closed.' };
  const release = (await trading.done(reserve, 'POST', `/v1/stockpiles/${stockpile}/releases`, terms)).body
    .id;
  await trading.done(ada, 'POST', `/v1/releases/${release}/approve`);
  const asked = { product: 'ndpr-oxide', quantity: kg('800'), purpose: 'Magnets' };
  const loan = (await trading.done(buyer, 'POST', `/v1/stockpiles/${stockpile}/loans`, asked)).body.id;
  return { stockpile, accounts, release, loan };
}

const allocates =
  (index: number, amount: string): Act<Held> =>
  (as, { accounts }) =>
    as.ask(reserve, 'POST', `/v1/stock-accounts/${accounts[index] ?? ''}/allocate`, { quantity: kg(amount) });

export const stockContests: readonly Contest<Held>[] = [
  {
    keeps: 'that a release and a loan do not both take what lies above the reserve floor',
    guard: / keepsReserveFloor$/,
    beside: /^LOT /,
    foundBy: 'stock_lots',
    arrange: held,
    one: (as, { release }) => as.ask(bob, 'POST', `/v1/releases/${release}/approve`),
    other: (as, { loan }) => as.ask(ada, 'POST', `/v1/stock-loans/${loan}/approve`),
  },
  {
    keeps: 'that members are not entitled to more than there is',
    guard: / freeSuffices$/,
    foundBy: 'stock_balances',
    arrange: held,
    one: allocates(0, '1500'),
    other: allocates(1, '1600'),
  },
  {
    keeps: 'that what an administrator verified of a need is what was declared',
    guard: /^STOCKPILE NEED versionIs$/,
    foundBy: 'no order of the two',
    arrange: held,
    one: (as, { stockpile }) => {
      const path = `/v1/stockpiles/${stockpile}/needs/ndpr-oxide/${buyer.organisation}/verify`;
      return as.ask(ada, 'POST', path, { annualUse: kg('30000') });
    },
    other: (as, { stockpile }) =>
      as.ask(buyer, 'PUT', `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`, {
        ...{ annualUse: kg('20000'), essential: false, evidence: 'Accounts' },
      }),
  },
];

interface Offered {
  readonly offer: string;
}

/** An offer of a stock lot that stands for ten seconds more. */
async function offered(world: World): Promise<Offered> {
  const { trading } = world;
  const stockpile = await activeStockpile(trading);
  const stockLot = await openedLot(trading, stockpile);
  const body = {
    ...{ product: 'ndpr-oxide', stockLot, price: usd('90.00'), delivery: flat('100') },
    validUntil: world.later(10_000),
  };
  return { offer: (await trading.done(reserve, 'POST', '/v1/offers', body)).body.id };
}

export const lotContests: readonly Contest<Offered>[] = [
  {
    keeps: 'that what an expired offer held of a lot is given back once',
    guard: / notReleased$/,
    beside: /^(LOT|STOCKPILE) /,
    foundBy: 'stock_balances',
    arrange: offered,
    one: settles,
    other: settles,
    clocks: [20_000, 20_000],
  },
];

/** Acts that no guard keeps apart, of computers whose clocks differ. */
export const apart: readonly Contest<Offered>[] = [
  {
    keeps: 'an offer from being prolonged without its stock',
    guard: /$^/,
    foundBy: 'stock_claims',
    arrange: offered,
    one: settles,
    other: (as, { offer }) => {
      const change = { validUntil: '2027-01-01T00:00:00.000Z' };
      return as.ask(reserve, 'PATCH', `/v1/offers/${offer}`, change, { 'If-Match': '"1"' });
    },
    clocks: [20_000, 0],
  },
  {
    keeps: 'an offer whose stock was given back from trading',
    guard: /$^/,
    foundBy: 'stock_claims',
    arrange: async (world) => {
      const found = await offered(world);
      await world.trading.done(buyer, 'POST', '/v1/bids', bidBody());
      await world.trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
      return found;
    },
    one: settles,
    other: clears,
    clocks: [20_000, 0],
  },
];
