import type { Caller } from '../../../shared/reference/caller.ts';
import { ada, bob, buyer, stockpile as reserve } from '../market-api.ts';
import { accountBody, activeStockpile, openedLot } from '../stock.ts';
import { bidBody, flat, kg } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import type { World } from './world.ts';

/*
 * Stock is held by several guards at once: the versions of lots and records, books that go step by step, movements that are put
 * once, accounts that never fall below zero. Each keeps it alone.
 */

const asks =
  <W>(who: Caller, path: (of: W) => string, body: (of: W) => object): Act<W> =>
  (as, of) =>
    as.ask(who, 'POST', path(of), body(of));

interface Stock {
  readonly stockpile: string;
  readonly lot: string;
  readonly account: string;
  readonly release: string;
  readonly loan: string;
}

/** 2,500 kg in two lots; a member that may draw 200; a release that one has approved, and a loan of 800 that is out. */
async function stocked(world: World): Promise<Stock> {
  const { trading } = world;
  const post = async (who: Caller, path: string, body?: object) =>
    (await trading.done(who, 'POST', path, body)).body.id;
  const stockpile = await activeStockpile(trading);
  await openedLot(trading, stockpile, { quantity: kg('600') });
  const lot = await openedLot(trading, stockpile, { quantity: kg('1900') });
  const need = `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`;
  await trading.done(buyer, 'PUT', need, { annualUse: kg('36500'), essential: false, evidence: 'Accounts' });
  await post(ada, `${need}/${buyer.organisation}/verify`, { annualUse: kg('36500') });
  const account = await post(
    reserve,
    `/v1/stockpiles/${stockpile}/accounts`,
    accountBody(buyer.organisation),
  );
  await post(buyer, `/v1/stock-accounts/${account}/accept`);
  await post(reserve, `/v1/stock-accounts/${account}/allocate`, { quantity: kg('200') });
  const terms = { product: 'ndpr-oxide', quantity: kg('50'), reason: 'The strait is closed.' };
  const release = await post(reserve, `/v1/stockpiles/${stockpile}/releases`, terms);
  await post(ada, `/v1/releases/${release}/approve`);
  const asked = { product: 'ndpr-oxide', quantity: kg('400'), purpose: 'Magnets' };
  const loan = await post(buyer, `/v1/stockpiles/${stockpile}/loans`, asked);
  await post(ada, `/v1/stock-loans/${loan}/approve`);
  await post(reserve, `/v1/stock-loans/${loan}/hand-over`);
  return { stockpile, lot, account, release, loan };
}

const third: Caller = { ...bob, subject: 'cleo' };
const approves = (who: Caller): Act<Stock> =>
  asks(
    who,
    ({ release }) => `/v1/releases/${release}/approve`,
    () => ({}),
  );
const draws = asks<Stock>(
  buyer,
  ({ account }) => `/v1/stock-accounts/${account}/draw`,
  () => ({ quantity: kg('150') }),
);
const returns = asks<Stock>(
  reserve,
  ({ loan }) => `/v1/stock-loans/${loan}/return`,
  () => ({
    ...{ quantity: kg('300'), purity: '99.9', origin: 'AU', location: { country: 'JP', place: 'Osaka' } },
  }),
);
const splits = (amount: string): Act<Stock> =>
  asks(
    reserve,
    ({ lot }) => `/v1/stock-lots/${lot}/split`,
    () => ({ quantities: [kg(amount)] }),
  );
const borrows = asks<Stock>(
  buyer,
  ({ stockpile }) => `/v1/stockpiles/${stockpile}/loans`,
  () => ({ product: 'ndpr-oxide', quantity: kg('1500'), purpose: 'Magnets' }),
);
const buys = asks<Stock>(
  reserve,
  () => '/v1/bids',
  ({ stockpile }) => bidBody({ stockpile, destination: 'JP', delivery: flat('6000') }),
);

export const stockBookContests: readonly Contest<Stock>[] = [
  ...eachOf(
    {
      keeps: 'that a release is decided once',
      foundBy: 'stock_balances',
      ...{ arrange: stocked, one: approves(bob), other: approves(third) },
    },
    'STOCK RECORD versionIs',
    'STOCK ASSESSMENT doesNotExist',
    'STOCKPILE MOVEMENT doesNotExist',
    'LOT LOT versionIs',
    'LOT V doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a member draws what it is entitled to',
      foundBy: 'stock_balances',
      ...{ arrange: stocked, one: draws, other: draws },
    },
    'STOCK RECORD versionIs',
    'STOCKPILE MOVEMENT doesNotExist',
    'STOCKPILE BALANCE entitledSuffices',
    'LOT LOT versionIs',
    'LOT V doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that what was lent comes back once',
      foundBy: 'stock_balances',
      ...{ arrange: stocked, one: returns, other: returns },
    },
    'STOCK RECORD versionIs',
    'STOCKPILE BALANCE lentSuffices',
    'LOT LOT versionIs',
    'LOT V doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a lot is cut as it is',
      foundBy: 'stock_lots',
      ...{ arrange: stocked, one: splits('1000'), other: splits('1200') },
    },
    'LOT LOT versionIs',
    'LOT V doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that two loans do not exceed a need',
      foundBy: 'no order of the two',
      ...{ arrange: stocked, one: borrows, other: borrows },
    },
    'STOCKPILE LOANS revisionIs',
  ),
  ...eachOf(
    {
      keeps: 'that a stockpile buys at its pace',
      foundBy: 'no order of the two',
      ...{ arrange: stocked, one: buys, other: buys },
    },
    'STOCKPILE PACE revisionIs',
  ),
];
