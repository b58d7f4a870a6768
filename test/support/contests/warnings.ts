import { scan } from '../../../infra/audit/scan.ts';
import { ada } from '../market-api.ts';
import { kg } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import type { Contestant } from './contestant.ts';
import { inTurn, looks, tells, undisturbed } from './workers.ts';
import type { World } from './world.ts';

interface Warned {
  readonly alert: string;
  readonly webhook: string;
}

/** A zone that gets nearly all from one origin, which bans exports; answers the ban. */
async function banned({ trading }: World): Promise<string> {
  await trading.done(ada, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', {
    ...{ source: 'Customs', year: 2025 },
    flows: [
      { origin: 'CN', quantity: kg('900') },
      { origin: 'CL', quantity: kg('100') },
    ],
  });
  const ban = {
    ...{ kind: 'export-ban', title: 'Export ban', origins: ['CN'], minerals: ['ndpr'] },
    ...{ from: '2026-11-20', source: 'Gazette' },
  };
  return (await trading.done(ada, 'POST', '/v1/disruptions', ban)).body.id;
}

const alertsIn = async ({ call }: Pick<Contestant, 'call'>) =>
  (await call(ada, 'GET', '/v1/alerts?limit=100')).body.items;

/** Alerts of it, of which nobody has been told. */
async function found(world: World): Promise<string> {
  const ban = await banned(world);
  await looks(undisturbed(world), undefined);
  return ban;
}

const subscribed = async ({ trading }: World): Promise<string> =>
  (await trading.done(ada, 'POST', '/v1/webhooks', { url: 'https://hooks.ministry.gov/all' })).body.id;

/** An alert, told to a subscriber; then the ban ends. */
async function warned(world: World): Promise<Warned> {
  const webhook = await subscribed(world);
  const ban = await found(world);
  await tells(undisturbed(world), undefined);
  const items = await alertsIn(undisturbed(world));
  const alert = items.find(({ cause }) => (cause as { subject?: string }).subject === ban)?.id;
  if (alert === undefined) throw new Error('nobody was warned');
  world.trading.pass(1000);
  await world.trading.done(ada, 'POST', `/v1/disruptions/${ban}/withdraw`, { note: 'Entered twice' });
  return { alert, webhook };
}

/** Told, and to be told again. */
async function replayed(world: World): Promise<Warned> {
  const found = await warned(world);
  const from = { from: '2026-11-22T00:00:00.000Z' };
  await world.trading.done(ada, 'POST', `/v1/webhooks/${found.webhook}/replay`, from);
  return found;
}

const acknowledges: Act<Warned> = (as, { alert }) =>
  as.ask(ada, 'POST', `/v1/alerts/${alert}/acknowledge`, { note: 'Looking' });

const does =
  (verb: string): Act<Warned> =>
  (as, { webhook }) =>
    as.ask(ada, 'POST', `/v1/webhooks/${webhook}/${verb}`);

/** As the store does with what is kept no longer. */
const forgets =
  (kind: string): Act<unknown> =>
  async ({ table }) => {
    for await (const items of scan(table))
      for (const { pk, sk } of items)
        if (String(sk).startsWith(kind)) await table.remove({ pk: String(pk), sk: String(sk) });
    return 'done';
  };

export const warningContests: readonly Contest<Warned>[] = [
  ...eachOf(
    {
      keeps: 'an acknowledgement while the alert changes',
      foundBy: 'no order of the two',
      ...{ arrange: warned, one: acknowledges, other: looks },
    },
    'ALERTS * versionIs',
    'ALERT V doesNotExist',
    'NOTICE NOTICE doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'what is not replayed any more from coming back in part',
      foundBy: 'somebody is stuck',
      ...{ arrange: replayed, one: tells, other: forgets('DELIVERY'), isFree: true },
      beside: / isNotReplayedBy$/,
    },
    'WEBHOOK DELIVERY exists',
  ),
  {
    keeps: 'that a replay sends each message once',
    guard: / isNotReplayedBy$/,
    foundBy: 'no order of the two',
    arrange: replayed,
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

/** What a zone gets from an origin, of a thousand. */
const gets =
  (chile: number): Act<unknown> =>
  (as) =>
    as.ask(ada, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', {
      ...{ source: 'Customs', year: 2025 },
      flows: [
        { origin: 'CL', quantity: kg(String(chile)) },
        ...['AU', 'BR', 'US', 'CA'].map((origin) => ({
          origin,
          quantity: kg(String((1000 - chile) / 4)),
        })),
      ],
    });

/** An older look finds what a newer one, which therefore has nothing to write, does not find. */
const older = {
  keeps: 'an older look at a product from being written after a newer one',
  foundBy: 'no order of the two',
  one: looks,
};
export const lookContests: readonly Contest<undefined>[] = [
  {
    ...older,
    guard: /^CHANGED LAST doesNotExist$/,
    arrange: async (world) => {
      await gets(900)(undisturbed(world), undefined);
    },
    other: inTurn(gets(200), looks),
  },
  {
    ...older,
    guard: /^CHANGED LAST looksAre$/,
    arrange: async (world) => {
      for (const step of [gets(900), looks, gets(200)]) {
        await step(undisturbed(world), undefined);
        world.trading.pass(1000);
      }
    },
    other: inTurn(gets(900), looks),
  },
];

/** Looks at every alert and says so, where there are any. */
const acknowledgesAll: Act<unknown> = async (as) => {
  const items = await alertsIn(as);
  for (const { id } of items) await as.ask(ada, 'POST', `/v1/alerts/${id}/acknowledge`, { note: 'Looking' });
  return items.length > 0 ? 'done' : 'refused';
};

export const noticeContests: readonly Contest<string>[] = [
  ...eachOf(
    {
      keeps: 'an alert from being raised over what was done about it',
      foundBy: 'alert_history',
      ...{ arrange: banned, one: looks, other: inTurn(looks, acknowledgesAll) },
      beside: /^CHANGED LAST /,
    },
    'ALERTS * doesNotExist',
    'ALERT V doesNotExist',
    'NOTICE NOTICE doesNotExist',
  ),
  ...['attemptsAre', 'doesNotExist'].flatMap((clause) =>
    eachOf(
      {
        keeps: 'that of two senders one sends a message',
        foundBy: 'done twice',
        arrange: async (world: World) => {
          await subscribed(world);
          return found(world);
        },
        ...{ one: tells, other: tells },
      },
      `WEBHOOK DELIVERY ${clause}`,
    ),
  ),
  ...eachOf(
    {
      keeps: 'what is kept no longer from coming back in part',
      foundBy: 'unreadable',
      arrange: async (world) => {
        const ban = await found(world);
        world.now = '2026-12-24T12:00:00.000Z';
        return ban;
      },
      ...{ one: tells, other: forgets('NOTICE') },
    },
    'NOTICE NOTICE exists',
  ),
];

const publishes: Act<unknown> = (as) =>
  as.ask(ada, 'POST', '/v1/exchange/publications', { zone: 'left', product: 'ndpr-oxide' });

/** A month that nothing was published before. */
async function opened({ trading }: World): Promise<undefined> {
  await trading.done(ada, 'PUT', '/v1/zones/left', {
    ...{ name: 'left', members: ['FI'], authority: ada.organisation },
  });
}

export const publicationContests: readonly Contest<undefined>[] = [
  ...eachOf(
    {
      keeps: 'that a zone publishes a month once',
      foundBy: 'no order of the two',
      ...{ arrange: opened, one: publishes, other: publishes, clocks: [-1000, 0] },
    },
    'PUBLICATIONS LAST doesNotExist',
    'PUBLICATIONS PERIOD doesNotExist',
  ),
  {
    keeps: 'that months are published in order, each judged with all before it in view',
    guard: / lastIs$/,
    foundBy: 'no order of the two',
    arrange: async (world) => {
      await opened(world);
      world.now = '2026-10-31T12:00:00.000Z';
      await publishes(undisturbed(world), undefined);
      world.now = '2026-12-01T00:00:00.000Z';
    },
    one: publishes,
    other: publishes,
    clocks: [-1000, 0],
  },
];
