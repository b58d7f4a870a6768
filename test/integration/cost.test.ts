import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../infra/local/engine.ts';
import { atOnce, contractLoadsAt, fullAt, loadsAt, skewOf } from '../bench/cost/partitions.ts';
import type { Units } from '../bench/cost/units.ts';
import { UnitMeter } from '../bench/cost/units.ts';
import { clientFor } from '../support/table.ts';
import { Trading } from '../support/trading.ts';

describe('what orders cost', () => {
  let stop: () => Promise<void>;
  let trading: Trading;
  const meter = new UnitMeter();
  beforeAll(async () => {
    const engine = await startEngine();
    stop = () => engine.stop();
    const client = clientFor(engine.endpoint);
    trading = await Trading.open(client);
    meter.attach(client);
    // The first order of a product marks it as traded.
    expect((await trading.bid()).status).toBe(201);
  });
  afterAll(() => stop());

  const written = async (post: () => Promise<{ readonly status: number }>): Promise<Units> => {
    meter.take();
    expect((await post()).status).toBe(201);
    return meter.take().units;
  };

  it('in write units is the least: an order, its place in the book, two index entries; an offer’s place at its site', async () => {
    expect(await written(() => trading.bid())).toMatchObject({ writeTable: 4, writeIndexes: 2 });
    expect(await written(() => trading.offer())).toMatchObject({ writeTable: 6, writeIndexes: 2 });
  });

  it('is what the document says', async () => {
    const text = await readFile('docs/cost.md', 'utf8');
    for (const [name, post] of [
      ['postBid', () => trading.bid()],
      ['postOffer', () => trading.offer()],
    ] as const) {
      const { readTable, readIndexes, writeTable, writeIndexes } = await written(post);
      const row = [name, readTable, readIndexes, writeTable, writeIndexes].join(' | ');
      expect(text).toContain(`| ${row} |`);
    }
  });
});

describe('shards', () => {
  it('are even for ids of one burst, and none is full at a thousand orders a second', () => {
    const skew = skewOf(20_000);
    expect(skew).toBeLessThan(1.05);
    const peak = { orders: 1000, product: 1000, organisation: 500, site: 100 };
    for (const load of loadsAt(peak, skew)) expect(fullAt(load, 1000), load.partition).toBeGreaterThan(1000);
    const { contracts } = atOnce();
    for (const load of contractLoadsAt(atOnce(), skew))
      expect(fullAt(load, contracts), load.partition).toBeGreaterThan(contracts);
  });
});
