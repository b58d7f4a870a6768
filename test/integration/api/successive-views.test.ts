import { beforeEach, describe, expect, it } from 'vitest';
import { nothingDisclosed, readDisclosed } from '../../../shared/clearing/documents/disclosed.ts';
import { judgeRun } from '../../../shared/clearing/documents/judge-run.ts';
import { readClearingDocuments } from '../../../shared/store/clearing/clearings.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { auditor, buyer } from '../../support/market-api.ts';
import { gate, partsOf } from '../../support/shown-runs.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const hidden = { quantity: null, withheld: true };
const shown = (amount: string) => ({ quantity: kg(amount), withheld: false });

/** The last clearing's book, and its volume, as anybody who trades here sees them. */
const view = async () => {
  const { clearings } = (await market.done(buyer, 'GET', '/v1/markets/ndpr-oxide')).body as unknown as {
    clearings: { depth: { supply: object; demand: object }[]; volume: object | null; withheld: boolean }[];
  };
  const { depth, volume, withheld } = clearings[0]!;
  return { supply: depth[0]?.supply, demand: depth[0]?.demand, volume, withheld };
};

/** Four of each side, who ask more than is bidden: nothing trades. */
async function standingBook(): Promise<void> {
  for (const name of ['a', 'b', 'c', 'd']) {
    await market.offerOf(`mine-${name}`, 'AU', { price: usd('120.00') });
    await market.bid({ price: usd('115.00') }, caller(`maker-${name}`, 'buyer'));
  }
}
const offerOf = (name: string, amount = '50') =>
  market.offerOf(`mine-${name}`, 'AU', { price: usd('120.00'), delivery: flat(amount) });

describe('a market that is cleared again', () => {
  it('withholds the book that one order has changed, until enough have', async () => {
    await standingBook();
    await market.clear();
    expect(await view()).toMatchObject({ supply: shown('400'), demand: shown('400'), withheld: false });

    await offerOf('e');
    await market.clear();
    expect(await view(), '450 less 400 would be one mine’s').toMatchObject({
      ...{ supply: hidden, demand: shown('400') },
    });

    await offerOf('f');
    await offerOf('g');
    const third = await market.clear();
    expect(await view(), 'three have changed what was shown').toMatchObject({ supply: shown('550') });

    const one = caller('mine-a', 'producer');
    const { id } = (await market.done(one, 'GET', '/v1/offers')).body.items[0]!;
    await market.done(one, 'POST', `/v1/offers/${id}/withdraw`);
    await market.clear();
    expect(await view(), '550 less 450 would be what one has withdrawn').toMatchObject({ supply: hidden });

    // What was shown by whom stays inside: no answer names it, or where it lies.
    const { table, objects } = market.api.dependencies;
    const documents = await readClearingDocuments(table, third);
    const bytes = await objects.get(documents!.disclosed!.key);
    const inside = new TextDecoder().decode(bytes);
    expect(inside).toContain('mine-a');
    const record = await market.done(auditor, 'GET', `/v1/clearings/${third}`);
    const proof = await market.call(auditor, 'GET', `/v1/clearings/${third}/proof`);
    const two = caller('mine-b', 'producer');
    const own = (await market.done(two, 'GET', '/v1/offers')).body.items[0]!;
    const explained = await market.done(two, 'GET', `/v1/offers/${own.id}/explanation`);
    const seen = await market.done(buyer, 'GET', '/v1/markets/ndpr-oxide');
    for (const answer of [record, proof, explained, seen])
      expect(JSON.stringify([answer.body, [...answer.headers]])).not.toMatch(/disclosed|told|mine-a/);

    // Negative control: judged for itself, as if nothing had been shown before, the same book would be shown.
    const parts = partsOf({ '2027-Q1': { supply: { b: 100, c: 100, d: 100, e: 50, f: 50, g: 50 } } });
    const judge = (before = nothingDisclosed) =>
      judgeRun({ run: 4, gateClosure: gate(22), parts }, before).told.supply.size;
    expect(judge()).toBe(1);
    expect(
      readDisclosed('ndpr-oxide', JSON.parse(inside)).quarters.get('2027-Q1')?.supply.books,
    ).toMatchObject([{ run: 1 }, { run: 3 }]);
  });

  it('withholds what one has sold more than the last time, but no price', async () => {
    await standingBook();
    const trade = async (names: readonly string[]) => {
      for (const name of names) {
        await market.offerOf(`mine-${name}`, 'CL');
        await market.bid({}, caller(`maker-${name}`, 'buyer'));
      }
      await market.clear();
    };
    await trade(['p', 'q', 'r']);
    expect(await view()).toMatchObject({ volume: kg('300'), withheld: false });
    await trade(['p', 'q', 'r', 's']);
    expect(await view()).toMatchObject({ volume: null, withheld: true });
    const { clearings } = (await market.done(buyer, 'GET', '/v1/markets/ndpr-oxide')).body as unknown as {
      clearings: { quarters: { volume: object | null; landedPrice: object | null; withheld: boolean }[] }[];
    };
    expect(clearings.map(({ quarters }) => quarters[0])).toMatchObject([
      { volume: null, landedPrice: { low: {}, high: {} }, withheld: true },
      { volume: kg('300'), landedPrice: { low: {}, high: {} }, withheld: false },
    ]);
  });
});
