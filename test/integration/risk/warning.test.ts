import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { notifySettings } from '../../../functions/notify/dependencies.ts';
import { sendWhatIsDue } from '../../../functions/notify/send-what-is-due.ts';
import { follow, sweep } from '../../../functions/stream/follow.ts';
import { audit, auditItems } from '../../../infra/audit/audit.ts';
import { retryAfter } from '../../../shared/risk/subscription.ts';
import { readAlerts } from '../../../shared/store/risk/alerts.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { Crash, crashAt, Interleaving, meddleWith, seeded } from '../../support/faults.ts';
import { ada, auditor, buyer, everyRole, mine } from '../../support/market-api.ts';
import { memoryMetrics } from '../../support/metrics.ts';
import { clientFor } from '../../support/table.ts';
import { Receiver, Warning } from '../../support/warning.ts';

const engine = engineOfFile();
let receiver: Receiver;
let market: Warning;
beforeAll(async () => {
  receiver = await Receiver.open();
});
beforeEach(async () => {
  receiver.got.length = 0;
  receiver.answers.clear();
  market = await Warning.open(clientFor(engine.endpoint), receiver);
});
afterAll(async () => {
  await receiver.close();
});

const alerts = async (who = ada, query = '') =>
  (await market.api.call(who, 'GET', `/v1/alerts?${query}`)).body.items;
const notices = async () =>
  (await market.items()).filter(({ sk }) => sk === 'NOTICE').map(({ pk }) => String(pk));

describe('the follower', () => {
  it('raises one alert a cause, by the published severity, and each event counts once', async () => {
    const ban = await market.ban();
    const events = await market.events();
    expect(await follow(market.follower(), events)).toEqual(['cobalt', 'gallium']);
    const found = await alerts();
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(
      expect.objectContaining({
        cause: { kind: 'disruption', product: 'gallium', zone: 'us', subject: ban },
        ...{ severity: '0.98', level: 3, status: 'raised' },
        figures: { shareOfSource: '0.98', affectedShare: '1', exposed: { amount: '0', unit: 'kg' } },
      }),
    );
    expect(await follow(market.follower(), [...events, ...events])).toEqual([]);
    expect(await alerts()).toEqual(found);
    expect(await notices()).toHaveLength(2);
  });

  it('lets a suspension begin and end with its days, without any event', async () => {
    await market.ban({ suspended: [{ from: '2025-11-09', to: '2026-11-27' }] });
    await follow(market.follower(), await market.events());
    const kinds = async () =>
      (await alerts(ada, 'zone=us')).map(({ cause, status, figures }) => ({
        ...{ kind: (cause as { kind: string }).kind, status, on: (figures as { on?: string }).on },
      }));
    const ahead = { kind: 'disruption-ahead', on: '2026-11-28' };
    expect(await kinds()).toEqual([{ ...ahead, status: 'raised' }]);
    market.api.time.now = '2026-11-27T23:00:00.000Z';
    expect(await sweep(market.follower())).toEqual({ products: ['cobalt', 'gallium'], failed: [] });
    expect(await kinds()).toEqual([{ ...ahead, status: 'raised' }]);
    market.api.time.now = '2026-11-28T00:00:30.000Z';
    await sweep(market.follower());
    expect((await kinds()).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: 'disruption', status: 'raised', on: undefined },
      { ...ahead, status: 'resolved' },
    ]);
    // Once a day is enough.
    expect(await sweep(market.follower())).toEqual({ products: [], failed: [] });
  });

  it('comes to the same whoever else follows at the same time, and whatever order their calls are in', async () => {
    await market.ban();
    const events = await market.events();
    for (let seed = 1; seed <= 3; seed += 1) {
      const world = await Warning.open(clientFor(engine.endpoint), receiver);
      await world.ban();
      const told = await world.events();
      const turns = new Interleaving(seeded(seed), () => undefined);
      const outcomes = await turns.run(
        [1, 2, 3].map(() => (meddler) => {
          const client = clientFor(engine.endpoint);
          meddleWith(meddler)(client);
          return follow(world.follower(world.tableOf(client)), told);
        }),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
      expect((await readAlerts(world.table, 'gallium')).map(({ version }) => version)).toEqual([1, 1]);
    }
    expect(events.length).toBeGreaterThan(0);
  });

  it('killed at any write, is made good by whoever comes next: nothing lost, nothing twice', async () => {
    // One transaction for each product.
    for (const at of [1, 2])
      for (const when of ['before', 'after'] as const) {
        const world = await Warning.open(clientFor(engine.endpoint), receiver);
        await world.ban();
        const events = await world.events();
        const client = clientFor(engine.endpoint);
        meddleWith(crashAt(at, when))(client);
        const dying = follow(world.follower(world.tableOf(client)), events);
        await expect(dying).rejects.toMatchObject({ cause: expect.any(Crash) as Crash });
        await follow(world.follower(), events);
        expect((await readAlerts(world.table, 'gallium')).map(({ version }) => version)).toEqual([1, 1]);
      }
  });
});

describe('an alert', () => {
  it('is acknowledged and resolved by administrators, and seen as far as one may', async () => {
    await market.ban();
    await follow(market.follower(), await market.events());
    const [alert] = await alerts(ada, 'zone=us&minimumLevel=3');
    const path = `/v1/alerts/${alert!.id}`;
    for (const who of everyRole) {
      const seen = await market.api.call(who, 'GET', path);
      expect(seen.status).toBe(200);
      expect('severity' in seen.body).toBe([ada, auditor].includes(who));
      expect((await alerts(who, 'minimumLevel=3')).map(({ id }) => id)).toEqual([alert!.id]);
    }
    for (const who of [mine, buyer, auditor])
      for (const [verb, body] of [
        ['acknowledge', {}],
        ['resolve', { note: 'Not mine.' }],
      ] as const)
        expect((await market.api.call(who, 'POST', `${path}/${verb}`, body)).status).toBe(403);
    expect((await market.api.call(mine, 'GET', `${path}/versions`)).status).toBe(403);

    await market.done('POST', `${path}/acknowledge`, { note: 'Looking.' });
    expect((await market.api.call(ada, 'POST', `${path}/acknowledge`, {})).body.code).toBe('invalid_state');
    expect((await market.api.call(ada, 'POST', `${path}/resolve`, { note: 'a\u0000b' })).status).toBe(422);
    await market.done('POST', `${path}/resolve`, { note: 'Covered by other means.' });
    await sweep(market.follower(), true);
    expect((await market.api.call(auditor, 'GET', path)).body).toMatchObject({
      ...{ status: 'resolved', closedAtLevel: 3, version: 3 },
      history: [{ what: 'raised' }, { what: 'acknowledged', by: 'ada' }, { what: 'resolved', by: 'ada' }],
    });
    expect((await market.api.call(auditor, 'GET', `${path}/versions`)).body.items).toHaveLength(3);
    expect(await notices()).toHaveLength(4);
    expect((await market.api.call(ada, 'GET', `/v1/alerts/alt_${'0'.repeat(40)}`)).status).toBe(404);
    expect((await audit(market.table, { at: market.api.time.now })).findings).toEqual([]);
  });

  type Wild = Record<string, unknown>;
  const bodyOf = (item: Wild) => item['body'] as Wild;
  it.each([
    [
      'whose cause is another',
      ['alert_cause', 'alert_history'],
      'ALERTS#',
      (item: Wild) => {
        bodyOf(item)['cause'] = { ...(bodyOf(item)['cause'] as Wild), subject: 'another' };
      },
    ],
    [
      'whose level nobody has stepped to',
      ['alert_history'],
      'ALERTS#',
      (item: Wild) => {
        bodyOf(item)['title'] = 'Nothing to see';
      },
    ],
    [
      'with a version that is missing',
      ['alert_history'],
      'ALERT#',
      (item: Wild) => {
        item['pk'] = 'GONE';
      },
    ],
    [
      'whose severity is not its level',
      ['alert_history', 'alert_notice'],
      'ALERT#',
      (item: Wild) => {
        bodyOf(item)['severity'] = '0.2';
      },
    ],
    [
      'that nobody was told of',
      ['alert_notice'],
      'NOTICE#',
      (item: Wild) => {
        item['pk'] = 'GONE';
      },
    ],
    [
      'of which something else was told',
      ['alert_notice'],
      'NOTICE#',
      (item: Wild) => {
        bodyOf(item)['type'] = 'alert.resolved';
      },
    ],
  ] as const)('%s is found by the audit', async (_, checks, area, damage) => {
    await market.ban();
    await follow(market.follower(), await market.events());
    const items = structuredClone(await market.items()) as Wild[];
    damage(items.find(({ pk }) => String(pk).startsWith(area))!);
    const found = auditItems(items, market.api.time.now).findings.map(({ check }) => check);
    expect([...new Set(found)].toSorted()).toEqual(checks);
  });
});

const hook = (path: string, body: object = {}, who = ada) =>
  market.done('POST', '/v1/webhooks', { url: `http://${receiver.host}${path}`, ...body }, who);
const send = (...options: Parameters<Warning['sender']>) => sendWhatIsDue(market.sender(...options));
const raise = async () => {
  await market.ban();
  await follow(market.follower(), await market.events());
};
const deliveries = async (id: string) =>
  (await market.api.call(ada, 'GET', `/v1/webhooks/${id}/deliveries`)).body.items;

describe('a webhook', () => {
  it('is told once of each step, signed, as its organisation may know it', async () => {
    const mineToo = await hook('/mine', { minimumLevel: 3 }, mine);
    const ministry = await hook('/ministry', { events: ['alert.raised'], products: ['gallium'] });
    await hook('/cobalt', { products: ['cobalt'] });
    await raise();
    expect(await send()).toMatchObject({ failed: 0, more: false });
    expect(await send()).toMatchObject({ looked: 0 });
    expect(
      [receiver.to('/mine'), receiver.to('/ministry'), receiver.to('/cobalt')].map((got) => got.length),
    ).toEqual([1, 2, 0]);
    const [message] = receiver.to('/mine');
    vi.setSystemTime(market.api.time.now);
    const payload = new Verifier(String(mineToo['secret'])).verify(message!.body, message!.headers);
    expect(() => new Verifier(String(ministry['secret'])).verify(message!.body, message!.headers)).toThrow();
    vi.useRealTimers();
    expect(payload).toMatchObject({
      ...{ type: 'alert.raised', timestamp: market.api.time.now },
      data: { cause: { zone: 'us' }, level: 3, concernsYou: false },
    });
    expect(JSON.stringify(payload)).not.toMatch(/severity|figures|concerns"/);
    expect(receiver.to('/ministry').every(({ body }) => body.includes('"figures"'))).toBe(true);
    const ids = receiver.to('/ministry').map(({ headers }) => headers['webhook-id']);
    expect(new Set([...ids, message!.headers['webhook-id']]).size).toBe(2);
  });

  it('is tried again by the schedule, then given up; its own failure does not hold up others', async () => {
    const { id } = await hook('/down', { minimumLevel: 3 });
    await hook('/up', { minimumLevel: 3 });
    receiver.answers.set('/down', (respond) => {
      respond(500);
    });
    await raise();
    for (const [index, wait] of retryAfter.entries()) {
      await send();
      await send();
      expect(receiver.to('/down')).toHaveLength(index + 1);
      market.wait(wait);
    }
    await send();
    market.wait(48 * 3_600_000);
    await send();
    expect(receiver.to('/down')).toHaveLength(10);
    expect(new Set(receiver.to('/down').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver.to('/up')).toHaveLength(1);
    expect(await deliveries(id)).toMatchObject([{ status: 'failed', attempts: 10 }]);
    expect((await market.api.call(ada, 'GET', `/v1/webhooks/${id}`)).body).toMatchObject({
      ...{ status: 'active', failingSince: '2026-11-22T12:00:00.000Z' },
    });
  });

  it('is disabled after five days without success, or at once when it is gone; what it missed is held and replayed', async () => {
    const { id } = await hook('/down', { minimumLevel: 3 });
    const { id: gone } = await hook('/gone', { minimumLevel: 3 });
    receiver.answers.set('/down', (respond) => {
      respond(503);
    });
    receiver.answers.set('/gone', (respond) => {
      respond(410);
    });
    await raise();
    await send();
    const stateOf = async (hookId: string) =>
      (await market.api.call(ada, 'GET', `/v1/webhooks/${hookId}`)).body;
    expect(await stateOf(gone)).toMatchObject({ status: 'disabled', disabled: { reason: 'gone' } });
    // Days in which nobody was called, as when the sender stands still, tell nothing of the other side.
    market.wait(5 * 24 * 3_600_000);
    await send();
    expect(await stateOf(id)).toMatchObject({ status: 'active' });
    market.wait(retryAfter[1]!);
    await send();
    market.wait(retryAfter[2]!);
    const metrics = memoryMetrics();
    await sendWhatIsDue(market.sender({ metrics }));
    expect([metrics.sumOf('WebhookTriesFailed'), metrics.sumOf('WebhooksDisabled')]).toEqual([1, 1]);
    expect(await stateOf(id)).toMatchObject({ status: 'disabled', disabled: { reason: 'failing' } });
    const [alert] = await alerts(ada, 'minimumLevel=3');
    await market.done('POST', `/v1/alerts/${alert!.id}/acknowledge`, {});
    await send();
    expect(receiver.to('/down')).toHaveLength(4);
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(['held', 'pending']);

    const from = { from: '2026-11-22T12:00:00.000Z' };
    expect((await market.api.call(ada, 'POST', `/v1/webhooks/${id}/replay`, from)).body.code).toBe(
      'invalid_state',
    );
    await market.done('POST', `/v1/webhooks/${id}/enable`, {});
    receiver.answers.clear();
    await market.done('POST', `/v1/webhooks/${id}/replay`, from);
    await send();
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    expect(receiver.to('/down')).toHaveLength(6);
    // Again, but only from the second on.
    await market.done('POST', `/v1/webhooks/${id}/replay`, { from: '2026-11-27T00:00:00.000Z' });
    await send();
    expect(
      receiver
        .to('/down')
        .slice(6)
        .map(({ body }) => (JSON.parse(body) as { type: string }).type),
    ).toEqual(['alert.acknowledged']);
    for (const bad of ['2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 'yesterday'])
      expect((await market.api.call(ada, 'POST', `/v1/webhooks/${id}/replay`, { from: bad })).status).toBe(
        422,
      );
  });

  it('follows no redirect, reads no flood, waits for nobody', async () => {
    const at = async (path: string) => (await hook(path, { minimumLevel: 3 })).id;
    const [redirect, flood, slow] = [await at('/redirect'), await at('/flood'), await at('/slow')];
    receiver.answers.set('/redirect', (respond) => {
      respond(302, { Location: `http://${receiver.host}/elsewhere` });
    });
    receiver.answers.set('/flood', (respond) => {
      respond(200, {}, 'x'.repeat(100_000));
    });
    receiver.answers.set('/slow', () => undefined);
    await raise();
    await send({}, { timeoutMilliseconds: 150 });
    expect(receiver.to('/elsewhere')).toEqual([]);
    const result = async (id: string) =>
      ((await deliveries(id))[0]!['tries'] as { result: unknown }[]).map((each) => each.result);
    expect(await result(redirect)).toEqual([302]);
    expect(await result(flood)).toEqual(['oversized']);
    expect(await result(slow)).toEqual(['timeout']);
  });

  it('is called at the address that was judged, whatever its name says a moment later', async () => {
    const [host, port] = receiver.host.split(':');
    const named = `hooks.example.org:${port}`;
    const answers = [host!, '10.0.0.1'];
    await hook('/never', { minimumLevel: 3 });
    const resolve = () => Promise.resolve([{ address: answers.shift()!, family: 4 }]);
    const { call } = market.sender({}, { allowedHosts: new Set([named]), resolve });
    expect(await call(`http://${named}/pinned`, {}, '{}')).toBe(200);
    expect(receiver.to('/pinned')).toMatchObject([{ headers: { host: named } }]);
    expect(answers).toEqual(['10.0.0.1']);
  });

  it('is sent everything at least once, under one id, wherever the sender is killed', async () => {
    await hook('/hook', { minimumLevel: 3 });
    await raise();
    let writes = Infinity;
    for (let at = 1; at <= writes; at += 1)
      for (const when of ['before', 'after'] as const) {
        const world = await Warning.open(clientFor(engine.endpoint), receiver);
        const path = `/${at}-${when}`;
        await world.done('POST', '/v1/webhooks', { url: `http://${receiver.host}${path}`, minimumLevel: 3 });
        await world.ban();
        await follow(world.follower(), await world.events());
        const crash = crashAt(at, when);
        const client = clientFor(engine.endpoint);
        meddleWith(crash)(client);
        const settings = { ...notifySettings, concurrency: 1 };
        const cut = sendWhatIsDue(world.sender({ table: world.tableOf(client), settings }));
        await cut.catch((error: unknown) => {
          expect(error).toBeInstanceOf(Crash);
        });
        if (crash.writes < at) writes = crash.writes;
        world.wait(60_000);
        await sendWhatIsDue(world.sender());
        const got = receiver.to(path);
        expect(got.length).toBeGreaterThan(0);
        expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
        expect((await world.items()).filter(({ gsi3pk }) => String(gsi3pk).startsWith('SEND'))).toEqual([]);
      }
    expect(writes).toBeGreaterThan(3);
  });

  it('is its own organisation’s: nobody else reads, replays or closes it, and its secret is shown once', async () => {
    const made = await hook('/mine', {}, mine);
    expect(made['secret']).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const path = `/v1/webhooks/${made.id}`;
    const read = await market.api.call(mine, 'GET', path);
    expect(JSON.stringify(read.body)).not.toContain('whsec');
    expect((await market.api.call(auditor, 'GET', path)).status).toBe(200);
    for (const who of [buyer, caller('mine-au-2', 'producer')]) {
      expect((await market.api.call(who, 'GET', path)).status).toBe(404);
      expect((await market.api.call(who, 'GET', `${path}/deliveries`)).status).toBe(404);
      expect((await market.api.call(who, 'GET', '/v1/webhooks')).body.items).toEqual([]);
    }
    for (const who of [buyer, auditor, ada])
      for (const verb of ['close', 'disable', 'enable', 'rotate-secret', 'replay']) {
        const body = verb === 'replay' ? { from: market.api.time.now } : undefined;
        expect((await market.api.call(who, 'POST', `${path}/${verb}`, body)).status).toBe(404);
      }
    const rotated = await market.api.call(mine, 'POST', `${path}/rotate-secret`);
    expect(rotated.body['secret']).not.toBe(made['secret']);
    await raise();
    await send();
    const [message] = receiver.to('/mine');
    vi.setSystemTime(market.api.time.now);
    for (const secret of [made['secret'], rotated.body['secret']])
      expect(new Verifier(String(secret)).verify(message!.body, message!.headers)).toBeDefined();
    vi.useRealTimers();
    expect((await market.api.call(mine, 'POST', `${path}/close`)).status).toBe(200);
    expect((await market.api.call(mine, 'GET', path)).status).toBe(404);
    for (const url of ['http://10.0.0.1/', 'https://169.254.169.254/', 'javascript:alert(1)'])
      expect((await market.api.call(mine, 'POST', '/v1/webhooks', { url })).body).toMatchObject({
        ...{ code: 'invalid_request', errors: [{ pointer: '/url' }] },
      });
  });
});
