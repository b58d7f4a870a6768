import { freezeFixing } from '../../../shared/store/prices/fixings.ts';
import { ada } from '../market-api.ts';
import { kg, usd } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import type { World } from './world.ts';

const points = '/v1/reference-prices/index/points';
const pointOf = (date: string, firm: number, price = '78.00', more: object = {}) => ({
  ...{ date, firm: `firm-${firm}`, price: usd(price), quantity: kg('1000'), ...more },
});

/** A series with a price in each of three months, the first of which was frozen; and the id of a point of the last. */
async function reported(world: World): Promise<string> {
  const last = await series(world);
  await freezeFixing(world.table, 'index', { from: '2026-08-01', to: '2026-08-31' }, world.now);
  world.trading.pass(1000);
  return last;
}

/** The same before any was frozen. */
async function series(world: World): Promise<string> {
  const { trading } = world;
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'NdPr oxide', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  let last = '';
  for (const date of ['2026-08-20', '2026-09-20', '2026-10-20']) {
    const body = { points: [1, 2, 3, 4, 5].map((firm) => pointOf(date, firm)) };
    const { body: recorded } = await trading.done(ada, 'POST', points, body);
    last = (recorded['points'] as { id: string }[]).at(-1)?.id ?? '';
  }
  return last;
}

const freezes =
  (from: string, to: string): Act<unknown> =>
  async ({ table, clock }) => {
    const fixing = await freezeFixing(table, 'index', { from, to }, clock());
    return fixing?.ok === true ? 'done' : 'refused';
  };

const reports =
  (price: string): Act<string> =>
  (as) =>
    as.ask(ada, 'POST', points, { points: [pointOf('2026-10-21', 5, price)] });
const corrects =
  (price: string): Act<string> =>
  (as, replaces) =>
    as.ask(ada, 'POST', points, { points: [pointOf('2026-10-20', 5, price, { replaces })] });

export const priceContests: readonly Contest<string>[] = [
  {
    keeps: 'in which order the prices of a series were frozen',
    guard: / countIs$/,
    foundBy: 'fixing',
    arrange: reported,
    one: freezes('2026-09-01', '2026-09-30'),
    other: freezes('2026-10-01', '2026-10-31'),
  },
  ...eachOf(
    {
      keeps: 'which price of a series was frozen first',
      foundBy: 'fixing',
      arrange: (world: World) => series(world),
      one: freezes('2026-08-01', '2026-08-31'),
      other: freezes('2026-09-01', '2026-09-30'),
    },
    'SERIES FIXINGS doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'a price from another of its id',
      foundBy: 'no order of the two',
      ...{ areTwins: true, arrange: reported, one: reports('79.00'), other: reports('80.00') },
      beside: / revisionIs$/,
    },
    'POINTS * doesNotExist',
  ),
  {
    keeps: 'that a price is replaced once',
    guard: / notReplaced$/,
    beside: / revisionIs$/,
    foundBy: 'no order of the two',
    arrange: reported,
    one: corrects('79.00'),
    other: corrects('80.00'),
  },
];
