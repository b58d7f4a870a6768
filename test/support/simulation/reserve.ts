import { sha256 } from '../../../shared/kernel/digest.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { Answer, AnswerBody } from '../api.ts';
import { caller } from '../api.ts';
import type { Meddler } from '../faults.ts';
import { seeded } from '../faults.ts';
import { ada } from '../market-api.ts';
import { openingBody, stockpileBody } from '../stock.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import type { SimulatedClient } from './client.ts';
import type { Simulation } from './simulation.ts';
import { clear, finish, settle } from './workers.ts';
import { buyers, opened, priceOf, product, sellers } from './year.ts';

const operator = caller('reserve', 'stockpile-operator');

/**
 * A stockpile that buys and sells in a market while its lots are cut, joined and lost, contracts are delivered, too little
 * or too much, and received; all of it at once, with workers that clear and settle. What it comes to depends on who is
 * first; that not a gram is lost or made does not.
 */
export async function reserve(simulation: Simulation, script: number): Promise<void> {
  const [site = ''] = await simulation.calmly(() => opened(simulation));
  const { stockpile, lots } = await simulation.calmly(() => founded(simulation));
  const clears = async (turn: Meddler): Promise<void> => {
    for (let round = 0; round < 3; round += 1) await clear(simulation, turn, product);
  };
  const as =
    (name: string, work: (client: SimulatedClient, random: () => number) => Promise<void>) =>
    (turn: Meddler): Promise<void> =>
      work(
        simulation.client(name, turn),
        seeded(Number.parseInt(sha256(`${script} ${name}`).slice(0, 7), 16)),
      );
  await simulation.atOnce([
    ...lots.flatMap((lot, index) =>
      simulation.doubled(as(`offers ${index}`, (...of) => offering(...of, lot))),
    ),
    ...simulation.doubled(as('cuts', (...of) => handling(...of, lots))),
    ...simulation.doubled(as('buys', (...of) => bidding(...of, operator, { stockpile, destination: 'JP' }))),
    ...buyers.slice(0, 2).map((who) => as(who.organisation, (...of) => bidding(...of, who, {}))),
    as('sells', async (client, random) => {
      const price = usd(priceOf(random, 70));
      await client.done(sellers[0]!, 'POST', '/v1/offers', offerBody(site, { price, delivery: flat('90') }));
    }),
    async (turn) => {
      const client = simulation.client('asks', turn);
      for (let round = 0; round < 2; round += 1) {
        await client.done(ada, 'POST', '/v1/clearings', { product });
        await clear(simulation, turn, product);
      }
    },
    ...[clears, clears, (turn: Meddler) => settle(simulation, turn)],
  ]);
  await finish(simulation);
  simulation.until('2027-02-10T12:00:00.000Z');
  const contracts = await simulation.calmly(() =>
    simulation.atOnce([
      (turn) => simulation.client('reads', turn).done(ada, 'GET', '/v1/contracts?limit=100'),
    ]),
  );
  const settles = (turn: Meddler): Promise<void> => settle(simulation, turn);
  await simulation.atOnce([
    ...contracts[0]!.body.items.flatMap((contract) =>
      // Two ships at once: their events are for one place in the chain.
      [0, 1].flatMap((ship) =>
        simulation.doubled(as(`${contract.id} ${ship}`, (...of) => performing(...of, contract, stockpile))),
      ),
    ),
    ...[settles, settles],
    ...simulation.doubled(as('later cuts', (...of) => handling(...of, lots))),
  ]);
  simulation.until('2027-07-20T12:00:00.000Z');
  await simulation.atOnce([settles, settles]);
  await finish(simulation);
}

async function founded(simulation: Simulation): Promise<{ stockpile: string; lots: string[] }> {
  const [found] = await simulation.atOnce([
    async (turn) => {
      const client = simulation.client('founds', turn);
      const stockpile = (await client.done(operator, 'POST', '/v1/stockpiles', stockpileBody())).body.id;
      await client.done(ada, 'POST', `/v1/stockpiles/${stockpile}/approve`);
      const lots: string[] = [];
      for (const amount of ['300', '200.5']) {
        const opening = openingBody({ quantity: kg(amount) });
        const lot = await client.done(operator, 'POST', `/v1/stockpiles/${stockpile}/lots`, { opening });
        await client.done(ada, 'POST', `/v1/stock-lots/${lot.body.id}/verify`);
        lots.push(lot.body.id);
      }
      return { stockpile, lots };
    },
  ]);
  return found!;
}

const some = (random: () => number, most: number): string => String(1 + Math.floor(random() * most));

async function offering(client: SimulatedClient, random: () => number, stockLot: string): Promise<void> {
  for (let order = 0; order < 3; order += 1) {
    const posted = await client.call(operator, 'POST', '/v1/offers', {
      ...{ product, stockLot, price: usd(priceOf(random, 70)), delivery: flat(some(random, 150)) },
      ...(random() < 0.3 ? { validUntil: '2026-12-01T00:00:00.000Z' } : {}),
    });
    if (!isDone(posted)) continue;
    const path = `/v1/offers/${posted.body.id}`;
    if (random() < 0.5) {
      const read = await client.done(operator, 'GET', path);
      const delivery = flat(some(random, 150));
      const seen = { 'If-Match': read.headers.get('etag') ?? '' };
      isDone(await client.call(operator, 'PATCH', path, { delivery }, seen));
    }
    if (random() < 0.3) isDone(await client.call(operator, 'POST', `${path}/withdraw`));
  }
}

async function bidding(
  client: SimulatedClient,
  random: () => number,
  who: Caller,
  changes: object,
): Promise<void> {
  for (let order = 0; order < 2; order += 1) {
    const [price, delivery] = [usd(priceOf(random, 100)), flat(some(random, 100))];
    isDone(await client.call(who, 'POST', '/v1/bids', bidBody({ price, delivery, ...changes })));
  }
}

/** Lots are cut and joined again; some of one is lost. */
async function handling(
  client: SimulatedClient,
  random: () => number,
  lots: readonly string[],
): Promise<void> {
  for (const lot of lots) {
    const path = `/v1/stock-lots/${lot}`;
    const quantities = [kg(some(random, 40)), kg(`${some(random, 9)}.25`)];
    const cut = await client.call(operator, 'POST', `${path}/split`, { quantities });
    if (isDone(cut)) {
      const parts = (cut.body['parts'] as AnswerBody[]).map(({ id }) => id);
      isDone(await client.call(operator, 'POST', '/v1/stock-lots/merge', { lots: parts }));
    }
    const loss = { quantity: kg('0.125'), reason: 'Spilt' };
    if (isDone(await client.call(operator, 'POST', `${path}/write-off`, loss)))
      isDone(await client.call(ada, 'POST', `${path}/write-off/approve`));
  }
}

/** A half of it delivered in part, in full or not at all; what a stockpile bought is received there. */
async function performing(
  client: SimulatedClient,
  random: () => number,
  contract: AnswerBody,
  stockpile: string,
): Promise<void> {
  if (random() < 0.15) return;
  const { id, seller, buyer, schedule } = contract as unknown as {
    id: string;
    seller: string;
    buyer: string;
    schedule: { quarter: string; quantity: { amount: string } }[];
  };
  const by = (organisation: string, role: 'producer' | 'buyer'): Caller =>
    organisation === operator.organisation ? operator : caller(organisation, role);
  const [from, to] = [by(seller, 'producer'), by(buyer, 'buyer')];
  const amount = Number(schedule[0]!.quantity.amount) / 2;
  const quantity = kg(random() < 0.5 ? String(amount) : (amount * 0.9).toFixed(3));
  const path = `/v1/contracts/${id}/deliveries`;
  const shipped = { quarter: '2027-Q1', quantity, shippedOn: '2027-02-10' };
  const delivery = (await client.done(from, 'POST', path, shipped)).body.id;
  await client.done(to, 'POST', `${path}/${delivery}/receipt`, { receivedOn: '2027-02-10', quantity });
  await client.done(to, 'POST', `${path}/${delivery}/accept`);
  if (to !== operator) return;
  const location = { country: 'JP', place: 'Kobe' };
  isDone(
    await client.call(operator, 'POST', `/v1/stockpiles/${stockpile}/lots`, {
      contract: id,
      delivery,
      location,
    }),
  );
}

/** Whether it was done; refusals that come of others having been there before are none of a fault. */
function isDone({ status, body }: Answer): boolean {
  if (status < 300) return true;
  const usual = [
    ...['clearing_in_progress', 'precondition_failed', 'order_closed', 'concurrent_change'],
    ...['stock_insufficient', 'invalid_state', 'below_contracted', 'pace_exceeded'],
  ];
  if (!usual.includes(body.code)) throw new Error(`an unexpected refusal: ${status} ${JSON.stringify(body)}`);
  return false;
}
