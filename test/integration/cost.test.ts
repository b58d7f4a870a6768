import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../infra/local/engine.ts';
import { memoryOf } from '../../infra/aws/memory.ts';
import { dollarTable } from '../bench/cost/document.ts';
import { dollarsOf, priceTable, yearOf } from '../bench/cost/dollars.ts';
import { readMeasured } from '../bench/cost/measured.ts';
import { measuredTables } from '../bench/cost/measured-tables.ts';
import { scales } from '../bench/cost/scales.ts';
import { storedIn } from '../bench/cost/stored.ts';
import { orderBodies } from '../bench/market.ts';
import { buyer, mine } from '../support/market-api.ts';
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

  it('in bytes is what was measured of a market of them', async () => {
    const { table } = trading.api.dependencies;
    const bodies = orderBodies('ndpr-oxide');
    const before = await storedIn(table);
    const pairs = 10;
    for (let number = 0; number < pairs; number += 1) {
      const offer = bodies.offer({ organisation: 'mine-1', token: '', site: trading.site });
      await trading.done(mine, 'POST', '/v1/offers', offer);
      await trading.done(buyer, 'POST', '/v1/bids', bodies.bid());
    }
    const { kept } = await storedIn(table);
    const { order } = readMeasured().histories[0].stored;
    expect((kept - before.kept) / (2 * pairs) / order.kept).toBeCloseTo(1, 1);
  });
});

describe('the document of costs', () => {
  const measured = readMeasured();
  const document = readFile('docs/cost.md', 'utf8');

  it('shows what was measured, with its date', async () => {
    expect(await document).toContain(measuredTables(measured));
    expect(await document).toContain(`Measured on ${measured.measuredOn}`);
  });

  it('has the dollars that follow from its units, from what was measured, and from the price table', async () => {
    const text = await document;
    const of = (name: string): Units => {
      const row = text.split('\n').find((line) => line.startsWith(`| ${name} | `));
      const [readTable, readIndexes, writeTable, writeIndexes] = (row ?? '')
        .split(' | ')
        .slice(1)
        .map(Number) as [...[number, number, number, number]];
      return { readTable, readIndexes, writeTable, writeIndexes };
    };
    const years = scales.map((orders) => ({ orders, dollars: dollarsOf(yearOf(orders, of, measured)) }));
    expect(text).toContain(dollarTable(years, priceTable));
  });

  it('justifies the memory of each function: half as much again as the larger history took', () => {
    const [, { memory }] = measured.histories;
    for (const [name, megabytes] of Object.entries(memoryOf)) {
      const taken = memory[name as keyof typeof memoryOf];
      expect(taken, name).toBeGreaterThan(0);
      expect(megabytes, name).toBeGreaterThan(1.5 * taken!);
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
