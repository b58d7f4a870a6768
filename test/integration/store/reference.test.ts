import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Engine } from '../../../infra/local/engine.ts';
import { must } from '../../../shared/kernel/result.ts';
import { chainHolds } from '../../../shared/pricing/floor-chain.ts';
import { sealConfiguration } from '../../../shared/store/reference/configuration.ts';
import { perform } from '../../../shared/store/table/effect.ts';
import { approveFloor, proposeFloor, proposeFloorEnd } from '../../../shared/store/reference/floors.ts';
import { readMarketConfiguration } from '../../../shared/store/reference/market-configuration.ts';
import { productIsTraded, putProduct, readProductInUse } from '../../../shared/store/reference/products.ts';
import { putScheme } from '../../../shared/store/reference/schemes.ts';
import { setStandardsRule } from '../../../shared/store/reference/standards.ts';
import { readReference, versionAt, versionsOf } from '../../../shared/store/reference/reference.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { putZone } from '../../../shared/store/reference/zones.ts';
import {
  approvedFloorIn,
  by,
  codeOf,
  describeMarket,
  floorTerms,
  productTerms,
  ruleTerms,
  schemeTerms,
  zoneTerms,
} from '../../support/reference.ts';
import { freshTable, embeddedTable } from '../../support/table.ts';

let engine: Engine;
let client: DynamoDBClient;
let table: Table;
beforeAll(async () => {
  ({ engine, client } = await embeddedTable());
});
beforeEach(async () => {
  table = await freshTable(client);
});
afterAll(async () => {
  await engine.stop();
});

const race = <T>(plans: readonly Parameters<typeof perform<T>>[1][]) =>
  Promise.all(plans.map((plan) => perform(table, plan)));

const whole = { limit: 100 };

describe('versions', () => {
  it('keeps each one, and answers which stood at an instant', async () => {
    const at = (hour: string) => `2026-11-22T${hour}:00:00.000Z`;
    for (const [hour, name] of [
      ['10', 'first'],
      ['11', 'second'],
      ['12', 'third'],
    ] as const)
      must(await perform(table, putProduct(table, by('ada', at(hour)), 'p', productTerms({ name }))));
    const nameAt = async (instant: string) => (await versionAt(table, 'product', 'p', instant))?.name;
    expect(await nameAt(at('09'))).toBeUndefined();
    expect(await nameAt(at('10'))).toBe('first');
    expect(await nameAt('2026-11-22T11:59:59.999Z')).toBe('second');
    expect(await nameAt(at('23'))).toBe('third');
    const { items } = await versionsOf(table, 'product', 'p', { limit: 2 });
    expect(items.map(({ version, recordedAt }) => [version, recordedAt])).toEqual([
      [1, at('10')],
      [2, at('11')],
    ]);
  });

  it('are recorded in order of time even where clocks are not', async () => {
    must(await perform(table, putProduct(table, by('ada'), 'p', productTerms({ name: 'a' }))));
    const late = by('bob', '2026-11-22T11:00:00.000Z');
    must(await perform(table, putProduct(table, late, 'p', productTerms({ name: 'b' }))));
    expect(await readReference(table, 'product', 'p')).toMatchObject({
      name: 'b',
      version: 2,
      recordedAt: '2026-11-22T12:00:00.000Z',
    });
  });

  it('writes nothing when nothing changes', async () => {
    const put = () => perform(table, putProduct(table, by('ada'), 'p', productTerms()));
    expect(must(await put())).toMatchObject({ outcome: 'created' });
    expect(must(await put())).toMatchObject({ outcome: 'unchanged', record: { version: 1 } });
  });

  it('loses no writer of many that race', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `name ${index}`);
    const results = await race(
      names.map((name) => putZone(table, by(name), 'z', zoneTerms(['US'], { name }))),
    );
    expect(results.map(codeOf)).toEqual(names.map(() => 'ok'));
    const { items } = await versionsOf(table, 'zone', 'z', whole);
    expect(items.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(items.map(({ name }) => name))).toEqual(new Set(names));
  });
});

describe('floors', () => {
  it('of two administrators who approve overlapping floors at once, one wins', async () => {
    await describeMarket(table);
    const ids: string[] = [];
    for (const amount of ['110.00', '120.00']) {
      const terms = floorTerms({
        price: { amount, currency: 'USD', per: 'kg' },
        effectiveTo: '2027-12-31',
      });
      ids.push(must(await perform(table, proposeFloor(table, by('ada'), terms))).id);
    }
    const outcomes = await race(ids.map((id) => approveFloor(table, by('bob'), id)));
    expect(outcomes.map(codeOf).toSorted()).toEqual(['floor_overlap', 'ok']);
    const floors = await Promise.all(ids.map((id) => readReference(table, 'floor', id)));
    expect(floors.map((floor) => floor?.status).toSorted()).toEqual(['approved', 'proposed']);
  });

  it('of two zones that share a destination, only one gets a floor, however they race', async () => {
    await describeMarket(table, { partners: ['US', 'JP'], pacific: ['JP', 'AU'] });
    const ids: string[] = [];
    for (const zone of ['partners', 'pacific'])
      ids.push(must(await perform(table, proposeFloor(table, by('ada'), floorTerms({ zone })))).id);
    const outcomes = await race(ids.map((id) => approveFloor(table, by('bob'), id)));
    expect(outcomes.map(codeOf).toSorted()).toEqual(['ok', 'zone_overlap']);
    const loser = outcomes[0]?.ok === true ? 'pacific' : 'partners';
    const anew = proposeFloor(table, by('ada'), floorTerms({ zone: loser }));
    expect(codeOf(await perform(table, anew))).toBe('zone_overlap');
  });

  it('that follow one another end the one before, each with its own chain', async () => {
    await describeMarket(table);
    const first = await approvedFloorIn(table, {}, '2026-11-02T00:00:00.000Z');
    const second = await approvedFloorIn(
      table,
      { effectiveFrom: '2026-11-10', price: { amount: '120', currency: 'USD', per: 'kg' } },
      '2026-11-22T12:00:00.000Z',
    );
    const { items } = await versionsOf(table, 'floor', first.id, whole);
    expect(items.map(({ effectiveTo, supersededBy }) => [effectiveTo, supersededBy])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      ['2026-11-09', second.id],
    ]);
    expect(chainHolds(items)).toBe(true);
    expect(chainHolds(items.map((floor) => ({ ...floor, rationale: 'another' })))).toBe(false);
  });

  it('act on gate closures after their approval; the one before acts until then, at the very instant too', async () => {
    await describeMarket(table);
    const first = await approvedFloorIn(table, {}, '2026-11-02T00:00:00.000Z');
    const approval = '2026-11-22T12:00:00.000Z';
    const second = await approvedFloorIn(table, { effectiveFrom: '2026-11-10' }, approval);
    const inForce = async (at: string) =>
      (await readMarketConfiguration(table, 'ndpr-oxide', at))?.floors.map(({ id }) => id);
    expect(await inForce('2026-11-02T00:00:00.000Z')).toEqual([]);
    expect(await inForce('2026-11-22T11:59:59.999Z')).toEqual([first.id]);
    expect(await inForce(approval)).toEqual([first.id]);
    expect(await inForce('2026-11-22T12:00:00.001Z')).toEqual([second.id]);
  });

  it('an end takes two, and changes no instant before it', async () => {
    await describeMarket(table);
    const { id } = await approvedFloorIn(table, {}, '2026-11-02T00:00:00.000Z');
    const end = { effectiveTo: '2026-11-22', rationale: 'No longer needed.' };
    must(await perform(table, proposeFloorEnd(table, by('ada'), id, end)));
    expect(codeOf(await perform(table, approveFloor(table, by('ada'), id)))).toBe('second_approval_required');
    must(await perform(table, approveFloor(table, by('bob'), id)));
    const inForce = async (at: string) =>
      (await readMarketConfiguration(table, 'ndpr-oxide', at))?.floors.length;
    expect(await inForce('2026-11-22T23:59:59.999Z')).toBe(1);
    expect(await inForce('2026-11-23T00:00:00.000Z')).toBe(0);
  });
});

describe('the seal of a gate closure', () => {
  it('lets nothing in at or before it, not even what was under way', async () => {
    await describeMarket(table);
    const gate = '2026-11-22T12:00:00.000Z';
    const { id } = must(
      await perform(table, proposeFloor(table, by('ada', '2026-11-22T11:00:00.000Z'), floorTerms())),
    );
    await sealConfiguration(table, gate);
    const late = approveFloor(table, by('bob', '2026-11-22T11:59:59.000Z'), id);
    expect(must(await perform(table, late)).approvedAt).toBe('2026-11-22T12:00:00.001Z');
    expect((await readMarketConfiguration(table, 'ndpr-oxide', gate))?.floors).toEqual([]);
  });
});

describe('a product that has been traded', () => {
  it('keeps the terms that orders are counted in, and takes other changes', async () => {
    await describeMarket(table);
    const inUse = await readProductInUse(table, 'ndpr-oxide');
    expect(await table.transact(productIsTraded(inUse!))).toEqual({ done: true });
    const put = (changes: object) =>
      perform(table, putProduct(table, by('ada'), 'ndpr-oxide', productTerms(changes)));
    const refused = await put({ lot: { amount: '10', unit: 'kg' }, stage: 'mining' });
    expect(refused).toMatchObject({
      problem: { code: 'product_fixed', errors: [{ pointer: '/lot' }, { pointer: '/stage' }] },
    });
    expect(codeOf(await put({ name: 'Another name' }))).toBe('ok');
    expect(await readProductInUse(table, 'ndpr-oxide')).toMatchObject({ traded: true });
  });

  it('is not traded in terms that have just changed', async () => {
    await describeMarket(table);
    const stale = await readProductInUse(table, 'ndpr-oxide');
    must(
      await perform(table, putProduct(table, by('ada'), 'ndpr-oxide', productTerms({ mineral: 'ndpr2' }))),
    );
    expect(await table.transact(productIsTraded(stale!))).toMatchObject({ done: false });
  });
});

describe('standards rules', () => {
  it('end the open-ended one they begin in; other overlaps and other zones are refused', async () => {
    await describeMarket(table, { partners: ['US', 'JP'], pacific: ['JP', 'AU'] });
    must(await perform(table, putScheme(table, by('ada'), 'irma', schemeTerms())));
    const set = (changes: object) => perform(table, setStandardsRule(table, by('ada'), ruleTerms(changes)));
    const first = must(await set({}));
    const second = must(await set({ effectiveFrom: '2027-01-01', effectiveTo: '2027-06-30' }));
    expect(await readReference(table, 'standards', first.id)).toMatchObject({
      effectiveTo: '2026-12-31',
      supersededBy: second.id,
      version: 2,
    });
    expect(codeOf(await set({ effectiveFrom: '2027-06-30' }))).toBe('standards_overlap');
    expect(codeOf(await set({ zone: 'pacific' }))).toBe('zone_overlap');
    expect(codeOf(await set({ zone: 'pacific', effectiveFrom: '2027-07-01' }))).toBe('ok');
  });

  it('cannot be deprived of a level they ask for', async () => {
    await describeMarket(table);
    must(await perform(table, putScheme(table, by('ada'), 'irma', schemeTerms())));
    must(await perform(table, setStandardsRule(table, by('ada'), ruleTerms())));
    const without75 = putScheme(table, by('ada'), 'irma', schemeTerms({ levels: ['50', '100'] }));
    expect(codeOf(await perform(table, without75))).toBe('invalid_state');
  });
});
