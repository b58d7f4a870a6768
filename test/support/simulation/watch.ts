import type { Caller } from '../../../shared/reference/caller.ts';
import { caller } from '../api.ts';
import type { Meddler } from '../faults.ts';
import { ada, bob } from '../market-api.ts';
import { productBody, zoneBody } from '../reference.ts';
import { accountBody, openingBody, stockpileBody } from '../stock.ts';
import { bidBody, flat, kg, offerBody, usd } from '../trading.ts';
import type { Claims } from './claims.ts';
import type { SimulatedClient } from './client.ts';
import { randomOf } from './random.ts';
import type { Simulation } from './simulation.ts';
import {
  consumeQueue,
  finish,
  finishTelling,
  followStream,
  lookAtEverything,
  sendAgain,
  tellSubscribers,
  tickOnce,
  type Worker,
} from './workers.ts';

const product = 'ndpr-oxide';
const operator = caller('reserve', 'stockpile-operator');
const members = ['maker-x', 'maker-y'].map((name) => caller(name, 'buyer'));
const seller = caller('mine-a', 'producer');
const third: Caller = { ...caller('other-ministry', 'administrator'), subject: 'cleo' };
const slot = '2026-12-01T00:00:00.000Z';
const subscribers = [
  [ada, 'https://hooks.ministry.gov/all'],
  [operator, 'https://hooks.reserve.org/own'],
] as const;

/**
 * An early warning: administrators enter disruptions, change, end and withdraw them, stock is drawn and released, two
 * zones publish, a schedule asks for a clearing, while the stream is followed and subscribers are told. What everybody does
 * follows from `script` alone and is asked for so that nothing depends on who is first, but for acts that race for one
 * place, of which exactly one may win.
 */
export async function watch(simulation: Simulation, script: number): Promise<void> {
  const held = await simulation.calmly(() => founded(simulation));
  const as =
    (name: string, work: (client: SimulatedClient, random: () => number) => Promise<void>) =>
    (turn: Meddler): Promise<void> =>
      work(simulation.client(name, turn), randomOf(script, name));
  const by = (worker: Worker) => (turn: Meddler) => worker(simulation, turn);
  await simulation.calmly(() => simulation.atOnce([by(followStream)]));
  const hosts = [followStream, tellSubscribers, sendAgain].map(by);
  await simulation.atOnce([
    ...[0, 1].flatMap((number) =>
      simulation.doubled(as(`ministry ${number}`, (client, random) => disrupting(client, random))),
    ),
    ...members.flatMap((who, index) =>
      simulation.doubled(
        as(who.organisation, (client) =>
          drawing(client, who, held.accounts[index]!, held.accounts[1 - index]!),
        ),
      ),
    ),
    ...simulation.doubled(
      as(seller.organisation, async (client) => {
        await client.done(seller, 'POST', '/v1/offers', offerBody(held.site, { price: usd('80.00') }));
      }),
    ),
    ...simulation.doubled(
      as('buys', async (client) => {
        await client.done(members[0]!, 'POST', '/v1/bids', bidBody({ delivery: flat('60') }));
      }),
    ),
    ...[1, 2, 3].map((desk) => as(`desk ${desk}`, (client) => contesting(client, held, simulation.claims))),
    ...[0, 1].map((desk) =>
      as(`acknowledges early ${desk}`, (client) => acknowledging(client, simulation.claims, held.contested)),
    ),
    ...hosts,
    ...simulation.doubled(by(followStream)),
  ]);
  simulation.until(slot);
  simulation.pass(300_000);
  await simulation.atOnce([tickOnce, tickOnce].map(by));
  await simulation.calmly(() => simulation.atOnce([by(tickOnce)]));
  await simulation.atOnce([
    ...[bob, third, ada].map((who) =>
      as(`approves ${who.subject}`, (client) => approving(client, who, held.release)),
    ),
    ...['left', 'right', 'left', 'right'].map((zone, index) =>
      as(`publishes ${zone} ${index}`, (client) => publishing(client, zone, simulation.claims)),
    ),
    as('acknowledges', (client) => acknowledging(client, simulation.claims)),
    ...[consumeQueue, consumeQueue].map(by),
    ...[...hosts, by(lookAtEverything)],
  ]);
  await simulation.atOnce([
    ...members.flatMap(({ organisation }) =>
      simulation.doubled(
        as(`delivers ${organisation}`, (client) => delivering(client, held.release, organisation)),
      ),
    ),
    ...hosts,
  ]);
  await finish(simulation);
  await finishTelling(simulation);
}

interface Held {
  readonly site: string;
  readonly accounts: readonly string[];
  readonly release: string;
  /** A disruption that several administrators change. */
  readonly contested: string;
}

async function founded(simulation: Simulation): Promise<Held> {
  const [held] = await simulation.atOnce([
    async (turn: Meddler): Promise<Held> => {
      const client = simulation.client('founds', turn);
      const post = async (who: Caller, path: string, body?: unknown) =>
        (await client.done(who, 'POST', path, body)).body;
      await client.done(
        ada,
        'PUT',
        `/v1/products/${product}`,
        productBody({ clearingSchedule: '0 0 1 * *' }),
      );
      await client.done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
      await client.done(ada, 'PUT', `/v1/zones/partners/flows/${product}`, {
        ...{ source: 'Customs', year: 2025 },
        flows: [
          { origin: 'CN', quantity: kg('900') },
          { origin: 'CL', quantity: kg('100') },
        ],
      });
      for (const [url, who] of subscribers.map(([by, at]) => [at, by] as const)) {
        const { secret } = (await post(who, '/v1/webhooks', { url })) as unknown as { secret: string };
        simulation.subscribers.secrets.set(url, secret);
      }
      for (const [zone, country, authority] of [
        ['left', 'FI', ada],
        ['right', 'SE', third],
      ] as const)
        await client.done(ada, 'PUT', `/v1/zones/${zone}`, {
          ...{ name: zone, members: [country], authority: authority.organisation },
        });
      const exchange = await post(ada, '/v1/exchange/agreements', {
        ...{ zones: ['left', 'right'], products: [product], effectiveFrom: '2026-11-22' },
        ...{ granularity: { figures: ['available'] }, rationale: 'Joint stockpiling' },
      });
      await post(third, `/v1/exchange/agreements/${exchange.id}/approve`);
      const stockpile = (await post(operator, '/v1/stockpiles', stockpileBody())).id;
      await post(ada, `/v1/stockpiles/${stockpile}/approve`);
      for (const amount of ['600', '1900']) {
        const opening = openingBody({ quantity: kg(amount) });
        const lot = await post(operator, `/v1/stockpiles/${stockpile}/lots`, { opening });
        await post(ada, `/v1/stock-lots/${lot.id}/verify`);
      }
      const accounts: string[] = [];
      for (const who of members) {
        const account = await post(
          operator,
          `/v1/stockpiles/${stockpile}/accounts`,
          accountBody(who.organisation, { committed: kg('300') }),
        );
        await post(who, `/v1/stock-accounts/${account.id}/accept`);
        await post(operator, `/v1/stock-accounts/${account.id}/allocate`, { quantity: kg('200') });
        accounts.push(account.id);
        const need = `/v1/stockpiles/${stockpile}/needs/${product}`;
        await client.done(who, 'PUT', need, {
          annualUse: kg('3650'),
          essential: false,
          evidence: 'Accounts',
        });
        await post(ada, `${need}/${who.organisation}/verify`, { annualUse: kg('3650') });
      }
      const terms = { product, quantity: kg('50'), reason: 'The strait is closed.' };
      const release = (await post(operator, `/v1/stockpiles/${stockpile}/releases`, terms)).id;
      const works = { name: 'Works', country: 'AU', stage: 'refining', minerals: ['ndpr'] };
      const contested = await post(ada, '/v1/disruptions', {
        ...{ kind: 'export-ban', title: 'Export ban', origins: ['CN'], minerals: ['ndpr'] },
        ...{ from: '2026-11-20', source: 'Gazette' },
      });
      return {
        ...{ accounts, release, contested: contested.id },
        site: (await post(seller, '/v1/sites', works)).id,
      };
    },
  ]);
  return held!;
}

/** Disruptions of its own: entered, and changed, ended or withdrawn. */
async function disrupting(client: SimulatedClient, random: () => number): Promise<void> {
  for (let entered = 0; entered < 2; entered += 1) {
    const { body } = await client.done(ada, 'POST', '/v1/disruptions', {
      ...{ kind: 'export-ban', title: 'Export ban', origins: [random() < 0.5 ? 'CN' : 'CL'] },
      ...{ minerals: ['ndpr'], from: '2026-11-20', source: 'Gazette' },
    });
    const path = `/v1/disruptions/${body.id}`;
    const fate = random();
    if (fate < 0.25) {
      const change = { suspended: [{ from: '2026-11-20', to: '2026-11-28' }], note: 'Talks' };
      await settledOn(client.call(ada, 'PATCH', path, change, { 'If-Match': '"1"' }), 'precondition_failed');
    } else if (fate < 0.5) await client.done(ada, 'POST', `${path}/withdraw`, { note: 'Entered twice' });
    else if (fate < 0.7) await client.done(ada, 'POST', `${path}/end`, { to: '2026-11-24', note: 'Over' });
  }
}

/** What its account entitles it to, in parts: out of stock, and over to the other member's account. */
async function drawing(client: SimulatedClient, who: Caller, account: string, other: string): Promise<void> {
  const path = `/v1/stock-accounts/${account}`;
  for (const amount of ['30', '12.5'])
    await client.done(who, 'POST', `${path}/draw`, { quantity: kg(amount) });
  await client.done(who, 'POST', `${path}/transfer`, { to: other, quantity: kg('20') });
  await client.done(operator, 'POST', `${path}/allocate`, { quantity: kg('7') });
}

/** Two of the three who try decide; whoever comes after finds it decided. */
const approving = (client: SimulatedClient, who: Caller, release: string): Promise<void> =>
  settledOn(client.call(who, 'POST', `/v1/releases/${release}/approve`), 'invalid_state');

/** Of two who publish for one zone at once, one may. */
async function publishing(client: SimulatedClient, zone: string, claims: Claims): Promise<void> {
  const terms = { zone, product };
  const answer = await client.call(zone === 'left' ? ada : third, 'POST', '/v1/exchange/publications', terms);
  if (answer.status < 300) claims.place(`publication of ${zone}`);
  else await settledOn(Promise.resolve(answer), 'invalid_state', 'publication_too_soon');
}

/** At three desks one version has been read and is changed: one may. */
async function contesting(client: SimulatedClient, { contested }: Held, claims: Claims): Promise<void> {
  const change = { suspended: [{ from: '2026-11-20', to: '2026-11-28' }], note: 'Corrected' };
  const path = `/v1/disruptions/${contested}`;
  const answer = await client.call(ada, 'PATCH', path, change, { 'If-Match': '"1"' });
  if (answer.status < 300) claims.place(`version 2 of ${contested}`);
  else await settledOn(Promise.resolve(answer), 'precondition_failed');
}

/** Acknowledges some alerts that it has read, while the follower looks at all of them. */
async function acknowledging(client: SimulatedClient, claims: Claims, about?: string): Promise<void> {
  const { items } = (await client.done(ada, 'GET', '/v1/alerts?limit=100')).body;
  const chosen = items.filter(
    ({ cause }) => about === undefined || (cause as { subject: string }).subject === about,
  );
  for (const { id } of chosen.slice(0, 3)) {
    const answer = await client.call(ada, 'POST', `/v1/alerts/${id}/acknowledge`, { note: 'Looking' });
    if (answer.status < 300) claims.acknowledged.add(id);
    else await settledOn(Promise.resolve(answer), 'invalid_state');
  }
}

const delivering = async (client: SimulatedClient, release: string, organisation: string): Promise<void> => {
  await client.done(operator, 'POST', `/v1/releases/${release}/deliver`, { organisation });
};

async function settledOn(
  answer: ReturnType<SimulatedClient['call']>,
  ...refusals: readonly string[]
): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300 && !refusals.includes(body.code))
    throw new Error(`an unexpected refusal: ${status} ${JSON.stringify(body)}`);
}
