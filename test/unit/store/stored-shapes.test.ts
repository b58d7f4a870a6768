import { describe, expect, it } from 'vitest';
import { readItem, writeWhole } from '../../../shared/store/table/item.ts';
import type { Noun } from '../../../shared/store/table/item-versions.ts';
import { migrated, migrations, NewerShape, nounOf } from '../../../shared/store/table/item-versions.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import { contractOfProduct } from '../../../shared/store/table/keys/indexes.ts';
import { readFixing } from '../../../shared/store/prices/fixings.ts';
import { currentVersion, digestOf, fixtureName, fixtures } from '../../support/stored-shapes/fixture.ts';
import { readers } from '../../support/stored-shapes/readers.ts';

const all = fixtures();
const nouns = Object.keys(readers) as Noun[];

describe('the stored shapes', () => {
  it.each(all.map((fixture) => [`${fixture.noun} v${fixture.version}`, fixture] as const))(
    '%s is read by the readers of today',
    (_, { noun, items }) => {
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(readers[noun].read(readItem(item))).toBeDefined();
    },
  );

  it('has items of every version of every noun', () => {
    const kept = new Set(all.map(({ noun, version }) => fixtureName(noun, version)));
    const wanted = nouns.flatMap((noun) =>
      Array.from({ length: currentVersion(noun) }, (_, index) => fixtureName(noun, index + 1)),
    );
    expect(wanted.filter((name) => !kept.has(name))).toEqual([]);
    expect([...kept].filter((name) => !wanted.includes(name))).toEqual([]);
  });

  it.each(nouns.map((noun) => [noun]))('%s has the schema that its version was given', (noun) => {
    const fixture = all.find((each) => each.noun === noun && each.version === currentVersion(noun));
    expect(
      digestOf(noun),
      `The stored shape of "${noun}" has changed, and items of the old one are in tables. Add what makes of the old ` +
        'shape the new one to `migrations` in shared/store/table/item-versions.ts (the identity, if every old item is a new ' +
        'one), keep the old fixture, and take the new one: npm run shapes. Only if releases of before can ' +
        `read what is stored now, and this one what was (a field that may be absent and is passed over, zod), renew it: npm run shapes -- ${fixtureName(noun, currentVersion(noun))}.`,
    ).toBe(fixture?.schema);
  });
});

describe('an item', () => {
  const fixing = { ...keys.fixing('index', { from: '2026-10-25', to: '2026-11-23' }, 1), type: 'fixing' };

  it('is stored with the version of its shape, and read without', () => {
    const stored = writeWhole({ ...fixing, number: 3 });
    expect(stored['v']).toEqual({ N: '2' });
    expect(readItem(stored)).toEqual({ ...fixing, number: 3n });
    expect(writeWhole({ ...keys.bookEntry('ndpr', 'off_1') })).not.toHaveProperty('v');
  });

  it('from before there were stamps is of shape 1, and becomes what it is today', () => {
    expect(migrated({ ...fixing })).toEqual({ ...fixing, number: 0n });
    const event = { ...keys.contractEvent('ctr_1', 1), sequence: 1n, product: 'ndpr', contract: 'ctr_1' };
    expect(migrated(event)).toEqual({ ...event, ...contractOfProduct('ndpr', 'ctr_1') });
    const second = { ...event, ...keys.contractEvent('ctr_1', 2), sequence: 2n };
    expect(migrated(second)).toEqual(second);
  });

  it('of a newer release is not read at all', () => {
    expect(() => migrated({ ...fixing, number: 1n, v: 3n })).toThrow(NewerShape);
    expect(() => migrated({ ...fixing, number: 1n, v: 0n })).toThrow(NewerShape);
  });

  it('of keys and counts, or of another table, has no shape', () => {
    const bare = { ...keys.fixingCount('index'), count: 1n };
    expect(migrated(bare)).toBe(bare);
    expect(nounOf({ pk: 'P', sk: 'a' })).toBeUndefined();
  });

  it('goes through every migration behind its version, in order', () => {
    const of = {
      pool: [
        (item: object) => ({ ...item, steps: 'a' }),
        (item: object) => ({ ...item, steps: `${(item as { steps?: string }).steps ?? ''}b` }),
      ],
    };
    const pool = keys.pool('pol_1');
    expect(migrated({ ...pool }, of)).toEqual({ ...pool, steps: 'ab' });
    expect(migrated({ ...pool, v: 2n }, of)).toEqual({ ...pool, steps: 'b' });
    expect(migrated({ ...pool, v: 3n }, of)).toEqual(pool);
  });
});

/** Items that are nothing but keys, counts and what expires: they have no shape that a schema defines. */
const withoutShape = new Set([
  ...['configuration', 'fixingCount', 'siteSupport', 'bookEntry', 'bookShard', 'planChunk', 'planGuard'],
  ...[
    'boughtSettlement',
    'programmeBudget',
    'programmeSite',
    'programmeClaim',
    'stockpilePace',
    'stockLoans',
  ],
  ...[
    'stockRecordOf',
    'stockBalance',
    'followed',
    'sweep',
    'replay',
    'lastPublication',
    'idempotency',
    'rateWindow',
    'beat',
    'beatFollowed',
    'lastChange',
    'changedContracts',
  ],
]);

describe('every key of the table', () => {
  it.each(Object.entries(keys).filter(([name]) => name !== 'bookShard'))(
    '%s is of a noun, or known to have no shape',
    (name, make) => {
      const window = { from: '2026-10-25', to: '2026-11-23' };
      const numbered =
        /Version$|Event$|Chunk$|Guard$|^settlement$|^boughtSettlement$|Assessment$|Round$|Run$/;
      const first = name === 'stockRecord' ? 'lon_1' : name.startsWith('reference') ? 'zone' : 'a';
      const given = name === 'fixing' ? ['a', window, 1] : [first, numbered.test(name) ? 1 : 'a', 1, 1];
      const key = (make as (...parts: unknown[]) => { pk: string; sk: string })(...given);
      expect(nounOf(key) === undefined).toBe(withoutShape.has(name));
    },
  );
});

it('reads a figure frozen before figures were counted as it was', () => {
  const [before] = all.filter(({ noun, version }) => noun === 'fixing' && version === 1);
  const [item] = before?.items ?? [];
  if (item === undefined) throw new Error('no such fixture');
  expect(item).not.toHaveProperty('number');
  expect(readFixing(readItem(item)).basis).toBeDefined();
  expect(Object.keys(migrations)).toContain('fixing');
});
