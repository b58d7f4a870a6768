import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Answer, Client, Json } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import {
  bid,
  contractsOf,
  flat,
  nextQuarter,
  offer,
  price,
  quantity,
  scene,
} from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';

const server = emptyMarket();

const q1 = nextQuarter();
const times = <T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).toSorted();

describe('callers at the same moment', () => {
  it('of changes on one version, one holds and the others are told that theirs is stale', async () => {
    const at = await scene(server.url, 'patches');
    const { who, order } = await bid(at, 'patcher', '130.00', '10');
    const answers = await times(50, (index) =>
      who.call(
        'PATCH',
        `/v1/bids/${order.id}`,
        { price: price(`${100 + index}.00`) },
        { 'if-match': `"${order.version}"` },
      ),
    );
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 49 }, () => 412)]);
    const [winner] = answers.filter(({ status }) => status === 200);
    expect((await who.get(`/v1/bids/${order.id}`)).body).toEqual(winner?.body);
  });

  it('PUTs on one version of reference data: the same', async () => {
    const { administrator } = await scene(server.url, 'puts');
    const created = await administrator.put('/v1/organisations/contested', { name: 'Before' });
    const answers = await times(6, (index) =>
      administrator.call(
        'PUT',
        '/v1/organisations/contested',
        { name: `After ${index}` },
        { 'if-match': created.headers.get('etag') ?? '' },
      ),
    );
    expect(statuses(answers)).toEqual([200, 412, 412, 412, 412, 412]);
    expect((await administrator.get('/v1/organisations/contested/versions')).body.items).toHaveLength(2);
  });

  it('offers of one site never add up to more than it can make', async () => {
    const at = await scene(server.url, 'capacity');
    const who = await client(server.url, 'capacity-s', ['producer']);
    const site = expectStatus(
      await who.post('/v1/sites', {
        name: 'S',
        country: 'AU',
        stage: 'refining',
        minerals: ['ndpr'],
        capacityPerYear: quantity('1000'),
      }),
      201,
    );
    const answers = await times(8, () =>
      who.post('/v1/offers', {
        product: at.product,
        site: site.id,
        price: price('90.00'),
        delivery: flat('300'),
      }),
    );
    expect(statuses(answers)).toEqual([201, 201, 201, 422, 422, 422, 422, 422]);
    for (const { status, body } of answers) if (status === 422) expect(body.code).toBe('capacity_exceeded');
  });

  it('of two administrators who approve, one does; of two overlapping floors, one is approved', async () => {
    const at = await scene(server.url, 'approvals');
    const propose = async () =>
      expectStatus(
        await at.administrator.post('/v1/floors', {
          product: at.product,
          zone: 'partners',
          price: price('110.00'),
          borderAdjusted: true,
          effectiveFrom: '2026-01-01',
          effectiveTo: '2030-12-31',
          rationale: 'r',
        }),
        201,
      ).id as string;
    const third = await client(server.url, 'ministry', ['administrator'], 'administrator-3');
    const floors = [await propose(), await propose()];
    const approvers: readonly [Client, string][] = floors.flatMap((floor) => [
      [at.second, floor] as [Client, string],
      [third, floor] as [Client, string],
    ]);
    const answers = await Promise.all(
      approvers.map(([who, floor]) => who.post(`/v1/floors/${floor}/approve`)),
    );
    expect(statuses(answers)).toEqual([200, 409, 409, 409]);
    const { items } = expectStatus(await at.auditor.get(`/v1/floors?product=${at.product}`), 200);
    expect(items.map(({ status }: Json) => status as string).toSorted()).toEqual(['approved', 'proposed']);
  });

  it('one key with two bodies: one is done, the other refused', async () => {
    const at = await scene(server.url, 'keys');
    const who = await client(server.url, 'keys-b', ['buyer']);
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await times(6, (index) =>
      who.post(
        '/v1/bids',
        {
          product: at.product,
          destination: index % 2 === 0 ? 'DE' : 'JP',
          price: price('130.00'),
          delivery: flat('10'),
        },
        headers,
      ),
    );
    expect(statuses(answers)).toEqual([201, 201, 201, 422, 422, 422]);
    expect((await who.get(`/v1/bids?product=${at.product}`)).body.items).toHaveLength(1);
  });

  it('clearings asked for all at once, while orders change: every tonne once', async () => {
    const at = await scene(server.url, 'storm');
    const sellers = await times(4, (index) => offer(at, `storm-s${index}`, 'AU', '90.00', '50'));
    const buyers = await times(4, (index) => bid(at, `storm-b${index}`, '130.00', '40'));
    const [asked, changes] = await Promise.all([
      times(5, () => at.administrator.post('/v1/clearings', { product: at.product })),
      Promise.all(
        [...sellers.slice(2), ...buyers.slice(2)].map(async ({ who, order }, index) => {
          const path = `/v1/${(order.id as string).startsWith('off_') ? 'offers' : 'bids'}/${order.id}`;
          await pause(index * 15);
          return index % 2 === 0
            ? who.post(`${path}/withdraw`)
            : who.call('PATCH', path, { price: price('120.00') }, { 'if-match': '*' });
        }),
      ),
    ]);
    expect(statuses(asked)).toEqual([202, 202, 202, 202, 202]);
    for (const { status, body } of changes)
      if (status !== 200)
        expect([409, body.code]).toEqual([
          status,
          expect.stringMatching(/^(clearing_in_progress|order_closed)$/),
        ]);
    for (const { body } of asked) {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const clearing = expectStatus(await at.administrator.get(`/v1/clearings/${body.id}`), 200);
        if (clearing.status === 'completed') break;
        expect(['queued', 'clearing', 'committing']).toContain(clearing.status);
        if (Date.now() > deadline) throw new Error(`not ended: ${JSON.stringify(clearing)}`);
        await pause(25);
      }
    }
    const contracts = await contractsOf(at.auditor, at.product);
    for (const { who, order } of [...sellers, ...buyers]) {
      const kind = (order.id as string).startsWith('off_') ? 'offers' : 'bids';
      const now = expectStatus(await who.get(`/v1/${kind}/${order.id}`), 200);
      const sold = contracts
        .filter((contract) => contract.offer === order.id || contract.bid === order.id)
        .reduce<number>((sum, { schedule }) => sum + Number(schedule[0].quantity.amount), 0);
      expect(now.contracted).toEqual([{ quarter: q1, quantity: quantity(String(sold)) }]);
      expect(Number(now.remaining[0].quantity.amount) + sold).toBe(
        Number(order.remaining[0].quantity.amount),
      );
    }
    const listed = expectStatus(await at.auditor.get(`/v1/clearings?product=${at.product}`), 200).items;
    expect(listed).toHaveLength(5);
    expect((listed as Json[]).reduce<number>((sum, clearing) => sum + Number(clearing.contracts), 0)).toBe(
      contracts.length,
    );
  });
});
