import { ada } from '../market-api.ts';
import { kg } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { contestant } from './contestant.ts';
import { looks, tells } from './workers.ts';
import type { World } from './world.ts';

interface Warned {
  readonly alert: string;
  readonly webhook: string;
}

const undisturbed = (world: World) =>
  contestant(world, 'arranged', { at: world.now, guard: /$^/, isTaken: () => false });

/** A zone that gets nearly all from one origin, which bans exports: an alert, told to a subscriber; then the ban ends. */
async function warned(world: World): Promise<Warned> {
  const { trading } = world;
  await trading.done(ada, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', {
    ...{ source: 'Customs', year: 2025 },
    flows: [
      { origin: 'CN', quantity: kg('900') },
      { origin: 'CL', quantity: kg('100') },
    ],
  });
  const webhook = (await trading.done(ada, 'POST', '/v1/webhooks', { url: 'https://hooks.ministry.gov/all' }))
    .body.id;
  const ban = (
    await trading.done(ada, 'POST', '/v1/disruptions', {
      ...{ kind: 'export-ban', title: 'Export ban', origins: ['CN'], minerals: ['ndpr'] },
      ...{ from: '2026-11-20', source: 'Gazette' },
    })
  ).body.id;
  await looks(undisturbed(world), undefined);
  await tells(undisturbed(world), undefined);
  const { items } = (await trading.done(ada, 'GET', '/v1/alerts?limit=100')).body;
  const alert = items.find(({ cause }) => (cause as { subject?: string }).subject === ban)?.id;
  if (alert === undefined) throw new Error('nobody was warned');
  trading.pass(1000);
  await trading.done(ada, 'POST', `/v1/disruptions/${ban}/withdraw`, { note: 'Entered twice' });
  return { alert, webhook };
}

const acknowledges: Act<Warned> = (as, { alert }) =>
  as.ask(ada, 'POST', `/v1/alerts/${alert}/acknowledge`, { note: 'Looking' });

const does =
  (verb: string): Act<Warned> =>
  (as, { webhook }) =>
    as.ask(ada, 'POST', `/v1/webhooks/${webhook}/${verb}`);

export const warningContests: readonly Contest<Warned>[] = [
  {
    keeps: 'an acknowledgement while the alert changes',
    guard: /^ALERTS \S+ versionIs$/,
    beside: /^(ALERT V|NOTICE \S+) doesNotExist$/,
    foundBy: 'no order of the two',
    arrange: warned,
    one: acknowledges,
    other: looks,
  },
  {
    keeps: 'the versions of an alert',
    guard: /^ALERT V doesNotExist$/,
    beside: /^ALERTS \S+ versionIs$|^NOTICE \S+ doesNotExist$/,
    foundBy: 'no order of the two',
    arrange: warned,
    one: acknowledges,
    other: looks,
  },
  {
    keeps: 'that a replay sends each message once',
    guard: / isNotReplayedBy$/,
    foundBy: 'no order of the two',
    arrange: async (world) => {
      const found = await warned(world);
      const from = { from: '2026-11-22T00:00:00.000Z' };
      await world.trading.done(ada, 'POST', `/v1/webhooks/${found.webhook}/replay`, from);
      return found;
    },
    one: tells,
    other: tells,
  },
  {
    keeps: 'that a webhook that was closed stays so',
    guard: /^WEBHOOKS \S+ versionIs$/,
    foundBy: 'no order of the two',
    arrange: warned,
    one: does('disable'),
    other: does('close'),
  },
];

const publishes: Act<unknown> = (as) =>
  as.ask(ada, 'POST', '/v1/exchange/publications', { zone: 'left', product: 'ndpr-oxide' });

export const publicationContests: readonly Contest<undefined>[] = [
  {
    keeps: 'that months are published in order, each judged with all before it in view',
    guard: / lastIs$/,
    foundBy: 'no order of the two',
    arrange: async (world) => {
      await world.trading.done(ada, 'PUT', '/v1/zones/left', {
        ...{ name: 'left', members: ['FI'], authority: ada.organisation },
      });
      world.now = '2026-10-31T12:00:00.000Z';
      await publishes(undisturbed(world), undefined);
      world.now = '2026-12-01T00:00:00.000Z';
    },
    one: publishes,
    other: publishes,
    clocks: [-1000, 0],
  },
];
