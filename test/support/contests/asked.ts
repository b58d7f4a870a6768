import { ada, buyer, mine } from '../market-api.ts';
import { bidBody, flat, offerBody } from '../trading.ts';
import { clears, undisturbed } from './workers.ts';
import type { World } from './world.ts';

/** An offer and a bid for a part of it, and somebody who asks for them to be cleared; answers the offer. */
export async function asked({ trading }: World): Promise<string> {
  const { id } = (await trading.done(mine, 'POST', '/v1/offers', offerBody(trading.site))).body;
  await trading.done(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('60') }));
  await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
  return id;
}

/** The same in a market that has been cleared before. */
export async function askedAgain(world: World): Promise<string> {
  await asked(world);
  await clears(undisturbed(world), undefined);
  return asked(world);
}
