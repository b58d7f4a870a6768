import { ada, buyer, mine, stockpile as reserve } from '../market-api.ts';
import { activeStockpile, openedLot } from '../stock.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import { settles, undisturbed } from './workers.ts';
import type { World } from './world.ts';

interface Traded {
  readonly stockpile: string;
  readonly contract: string;
  readonly delivery: string;
}

/** A contract for a stockpile, or from one, what is booked of it, and what is delivered under it: noticed, received, accepted. */
const traded =
  (
    isPurchase: boolean,
    {
      isBooked,
      isDelivered,
      isInParts = false,
    }: Readonly<Record<'isBooked' | 'isDelivered', boolean>> & {
      readonly isInParts?: boolean;
    },
  ) =>
  async (world: World): Promise<Traded> => {
    const { trading } = world;
    const stockpile = await activeStockpile(trading);
    const stockLot = await openedLot(trading, stockpile);
    if (isPurchase) {
      await trading.done(mine, 'POST', '/v1/offers', offerBody(trading.site, { delivery: flat('20') }));
      await trading.done(reserve, 'POST', '/v1/bids', bidBody({ stockpile, destination: 'JP' }));
    } else {
      const offer = { product: 'ndpr-oxide', stockLot, price: usd('90.00'), delivery: flat('20') };
      await trading.done(reserve, 'POST', '/v1/offers', offer);
      await trading.done(buyer, 'POST', '/v1/bids', bidBody());
    }
    await trading.clear();
    const [from, to] = isPurchase ? [mine, reserve] : [reserve, buyer];
    const [contract] = (await trading.done(ada, 'GET', '/v1/contracts')).body.items;
    const id = contract?.id ?? '';
    if (isBooked) await settles(undisturbed(world), undefined);
    if (!isDelivered) return { stockpile, contract: id, delivery: '' };
    world.now = '2027-02-10T12:00:00.000Z';
    const path = `/v1/contracts/${id}/deliveries`;
    const deliver = async (amount: string): Promise<string> => {
      const quantity = kg(amount);
      const shipped = { quarter: '2027-Q1', quantity, shippedOn: '2027-02-10' };
      const delivery = (await trading.done(from, 'POST', path, shipped)).body.id;
      await trading.done(to, 'POST', `${path}/${delivery}/receipt`, { receivedOn: '2027-02-10', quantity });
      await trading.done(to, 'POST', `${path}/${delivery}/accept`);
      return delivery;
    };
    if (isInParts) {
      await deliver('5');
      await settles(undisturbed(world), undefined);
    }
    const delivery = await deliver(isInParts ? '15' : '20');
    return { stockpile, contract: id, delivery };
  };

const receives: Act<Traded> = (as, { stockpile, contract, delivery }) => {
  const location = { country: 'JP', place: 'Kobe' };
  return as.ask(reserve, 'POST', `/v1/stockpiles/${stockpile}/lots`, { contract, delivery, location });
};

export const deliveryContests: readonly Contest<Traded>[] = [
  ...eachOf(
    {
      keeps: 'that what was bought is on its way once',
      foundBy: 'stock_balances',
      ...{ arrange: traded(true, { isBooked: false, isDelivered: false }), one: settles, other: settles },
    },
    'STOCKPILE CONTRACT doesNotExist',
    'STOCKPILE MOVEMENT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a delivery comes in once',
      foundBy: 'stock_balances',
      ...{ arrange: traded(true, { isBooked: true, isDelivered: true }), one: receives, other: receives },
    },
    'LOT LOT doesNotExist',
    'LOT V doesNotExist',
    'STOCKPILE CONTRACT sequenceIs',
    'STOCKPILE MOVEMENT doesNotExist',
    'STOCKPILE BALANCE inTransitSuffices',
  ),
  ...eachOf(
    {
      keeps: 'that a delivery goes out once',
      foundBy: 'stock_balances',
      ...{ arrange: traded(false, { isBooked: false, isDelivered: true }), one: settles, other: settles },
    },
    'LOT CONTRACT doesNotExist',
    'STOCKPILE MOVEMENT doesNotExist',
    'STOCKPILE BALANCE encumberedSuffices',
    'LOT LOT versionIs',
    'LOT V doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a second delivery goes out once',
      foundBy: 'stock_balances',
      arrange: traded(false, { isBooked: false, isDelivered: true, isInParts: true }),
      ...{ one: settles, other: settles },
      beside: /^(STOCKPILE MOVEMENT|LOT LOT|LOT V|STOCKPILE BALANCE) /,
    },
    'LOT CONTRACT sequenceIs',
  ),
];
