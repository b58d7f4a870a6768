import type { Caller } from '../../../shared/reference/caller.ts';
import type { AnswerBody } from '../api.ts';
import type { Meddler } from '../faults.ts';
import { ada } from '../market-api.ts';
import { bidBody, flat, offerBody, usd } from '../trading.ts';
import type { SimulatedClient } from './client.ts';
import { randomOf } from './random.ts';
import type { Simulation } from './simulation.ts';
import { clear, consumeQueue, finish, tickOnce } from './workers.ts';
import { buyers, opened, priceOf, product, sellers } from './year.ts';

/**
 * Everybody at once: orders are posted, changed and withdrawn while clearings are asked for, run by several workers and
 * run again. What it comes to depends on who is first; what must hold, holds whoever is.
 */
export async function crowd(simulation: Simulation, script: number): Promise<void> {
  const sites = await simulation.calmly(() => opened(simulation));
  const clears = async (turn: Meddler): Promise<void> => {
    for (let round = 0; round < 3; round += 1) await clear(simulation, turn, product);
  };
  await simulation.atOnce([
    ...sellers.flatMap((who, number) =>
      simulation.doubled((turn: Meddler) =>
        trade(simulation, turn, who, '/v1/offers', script, (random) =>
          offerBody(sites[number]!, { price: usd(priceOf(random, 70)), delivery: flat(lots(random)) }),
        ),
      ),
    ),
    ...buyers.flatMap((who) =>
      simulation.doubled((turn: Meddler) =>
        trade(simulation, turn, who, '/v1/bids', script, (random) =>
          bidBody({ price: usd(priceOf(random, 95)), delivery: flat(lots(random)) }),
        ),
      ),
    ),
    async (turn) => {
      const client = simulation.client('asks', turn);
      for (let round = 0; round < 2; round += 1) {
        await client.done(ada, 'POST', '/v1/clearings', { product });
        await consumeQueue(simulation, turn);
      }
    },
    ...[
      ...simulation.doubled(clears),
      (turn: Meddler) => consumeQueue(simulation, turn),
      (turn: Meddler) => tickOnce(simulation, turn),
    ],
  ]);
  await finish(simulation);
}

const lots = (random: () => number): string => String(20 + Math.floor(random() * 80));

async function trade(
  simulation: Simulation,
  turn: Meddler,
  who: Caller,
  path: string,
  script: number,
  bodyOf: (random: () => number) => object,
): Promise<void> {
  const random = randomOf(script, who.organisation);
  const client = simulation.client(who.organisation, turn);
  for (let order = 0; order < 2; order += 1) {
    const { id } = (await client.done(who, 'POST', path, bodyOf(random))).body;
    const price = usd(priceOf(random, 90));
    await changed(client, who, `${path}/${id}`, price);
    if (random() < 0.4) expectedOf(await client.call(who, 'POST', `${path}/${id}/withdraw`));
  }
}

/** Reads an order and changes the version that it has read; whoever is second is refused, and lets it be. */
async function changed(client: SimulatedClient, who: Caller, path: string, price: object): Promise<void> {
  const read = await client.done(who, 'GET', path);
  const etag = read.headers.get('etag') ?? '';
  expectedOf(await client.call(who, 'PATCH', path, { price }, { 'If-Match': etag }));
}

/** Refusals that come of others having been there before; anything else is a fault. */
function expectedOf({ status, body }: { readonly status: number; readonly body: AnswerBody }): void {
  const { code } = body;
  const isUsual = [
    'clearing_in_progress',
    'precondition_failed',
    'order_closed',
    'concurrent_change',
  ].includes(code);
  if (status >= 300 && !isUsual) throw new Error(`an unexpected refusal: ${status} ${JSON.stringify(body)}`);
}
