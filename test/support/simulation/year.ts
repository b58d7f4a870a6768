import type { Caller } from '../../../shared/reference/caller.ts';
import type { AnswerBody } from '../api.ts';
import { caller } from '../api.ts';
import type { Meddler } from '../faults.ts';
import { ada, bob } from '../market-api.ts';
import { floorBody, productBody, zoneBody } from '../reference.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import type { SimulatedClient } from './client.ts';
import { randomOf } from './random.ts';
import type { Simulation } from './simulation.ts';
import {
  clear,
  consumeQueue,
  finish,
  followStream,
  lookAtEverything,
  settle,
  tickOnce,
  type Worker,
} from './workers.ts';

export const product = 'ndpr-oxide';
export const sellers = ['mine-a', 'mine-b', 'mine-c'].map((name) => caller(name, 'producer'));
export const buyers = ['maker-x', 'maker-y', 'maker-z'].map((name) => caller(name, 'buyer'));

/**
 * A market from its first order to the settlement of its first quarter. What everybody does follows from `script`
 * alone, so it is the same with faults and without. Each part is done by everybody at once, and ends before the
 * next one begins.
 */
export async function liveThrough(simulation: Simulation, script: number): Promise<void> {
  const sites = await simulation.calmly(() => opened(simulation));
  await simulation.atOnce(
    [
      ...sellers.map((who, number) => (turn: Meddler) => sell(simulation, turn, who, sites[number]!, script)),
      ...buyers.map((who) => (turn: Meddler) => buy(simulation, turn, who, script)),
    ].flatMap(simulation.doubled),
  );
  // Whether an order was there before the gate closed is by the clocks of those who took them: it is, whichever they are.
  simulation.pass(300_000);
  await simulation.atOnce([
    async (turn) => {
      await simulation.client('asks', turn).done(ada, 'POST', '/v1/clearings', { product });
    },
  ]);
  const by = (worker: Worker) => (turn: Meddler) => worker(simulation, turn);
  // As queues deliver more than once and ticks wake: whoever is second finds it done, or in hand, or left behind.
  const clears = (turn: Meddler): Promise<void> => clear(simulation, turn, product);
  await simulation.atOnce([
    clears,
    ...simulation.doubled(clears),
    ...[consumeQueue, tickOnce, followStream].map(by),
  ]);
  await finish(simulation);
  simulation.until('2027-02-10T12:00:00.000Z');
  const contracts = await simulation.calmly(() => contractsOf(simulation));
  await simulation.atOnce(
    contracts
      .map((contract) => (turn: Meddler) => deliver(simulation, turn, contract, script))
      .flatMap(simulation.doubled),
  );
  simulation.until('2027-05-20T12:00:00.000Z');
  await simulation.atOnce([settle, settle, followStream].map(by));
  await finish(simulation);
  await simulation.calmly(() => simulation.atOnce([by(lookAtEverything)]));
}

export async function opened(simulation: Simulation): Promise<string[]> {
  const sites: string[] = [];
  await simulation.atOnce([
    async (turn) => {
      const client = simulation.client('opens', turn);
      await client.done(ada, 'PUT', `/v1/products/${product}`, productBody());
      await client.done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
      const floor = await client.done(ada, 'POST', '/v1/floors', floorBody({ price: usd('95.00') }));
      await client.done(bob, 'POST', `/v1/floors/${floor.body.id}/approve`);
      for (const [number, who] of sellers.entries()) {
        const site = {
          name: 'Works',
          country: number === 2 ? 'CL' : 'AU',
          stage: 'refining',
          minerals: ['ndpr'],
        };
        sites.push((await client.done(who, 'POST', '/v1/sites', site)).body.id);
      }
    },
  ]);
  return sites;
}

/** Prices that no two orders share: who trades with whom is decided by them alone. */
export const priceOf = (random: () => number, low: number): string =>
  (low + Math.floor(random() * 4000) / 100).toFixed(2);

async function sell(
  simulation: Simulation,
  turn: Meddler,
  who: Caller,
  site: string,
  script: number,
): Promise<void> {
  const random = randomOf(script, who.organisation);
  const client = simulation.client(who.organisation, turn);
  for (let orders = random() < 0.5 ? 1 : 2; orders > 0; orders -= 1) {
    const delivery = flat(
      String(20 + Math.floor(random() * 80)),
      '2027-Q1',
      random() < 0.5 ? '2027-Q1' : '2027-Q2',
    );
    const body = offerBody(site, { price: usd(priceOf(random, 70)), delivery });
    await changed(
      client,
      who,
      '/v1/offers',
      (await client.done(who, 'POST', '/v1/offers', body)).body,
      random,
    );
  }
}

async function buy(simulation: Simulation, turn: Meddler, who: Caller, script: number): Promise<void> {
  const random = randomOf(script, who.organisation);
  const client = simulation.client(who.organisation, turn);
  for (let orders = random() < 0.5 ? 1 : 2; orders > 0; orders -= 1) {
    const delivery = flat(
      String(20 + Math.floor(random() * 80)),
      '2027-Q1',
      random() < 0.5 ? '2027-Q1' : '2027-Q2',
    );
    const body = bidBody({ price: usd(priceOf(random, 95)), delivery });
    await changed(client, who, '/v1/bids', (await client.done(who, 'POST', '/v1/bids', body)).body, random);
  }
}

/** One order in four is withdrawn again. */
async function changed(
  client: SimulatedClient,
  who: Caller,
  path: string,
  { id }: AnswerBody,
  random: () => number,
): Promise<void> {
  if (random() < 0.25) await client.done(who, 'POST', `${path}/${id}/withdraw`);
}

async function contractsOf(simulation: Simulation): Promise<readonly AnswerBody[]> {
  const [answer] = await simulation.atOnce([
    (turn) => simulation.client('reads', turn).done(ada, 'GET', '/v1/contracts?limit=100'),
  ]);
  return answer!.body.items;
}

/** The first quarter of a contract is delivered in one or two ships, or not at all. */
async function deliver(
  simulation: Simulation,
  turn: Meddler,
  contract: AnswerBody,
  script: number,
): Promise<void> {
  const random = randomOf(script, contract.id);
  const client = simulation.client(contract.id, turn);
  const { seller, buyer, schedule } = contract as unknown as {
    seller: string;
    buyer: string;
    schedule: { quarter: string; quantity: { amount: string } }[];
  };
  const [producer, maker] = [caller(seller, 'producer'), caller(buyer, 'buyer')];
  const first = schedule.find(({ quarter }) => quarter === '2027-Q1');
  if (first === undefined || random() < 0.15) return;
  const total = Number(first.quantity.amount);
  const ships = total > 1 && random() < 0.5 ? [Math.floor(total / 2), Math.ceil(total / 2)] : [total];
  for (const ship of ships) {
    const path = `/v1/contracts/${contract.id}/deliveries`;
    const shipped = { quarter: '2027-Q1', quantity: kg(String(ship)), shippedOn: '2027-02-10' };
    const { id } = (await client.done(producer, 'POST', path, shipped)).body;
    const receipt = { receivedOn: '2027-02-10', quantity: kg(String(ship)) };
    await client.done(maker, 'POST', `${path}/${id}/receipt`, receipt);
    await client.done(maker, 'POST', `${path}/${id}/accept`);
  }
}
