import { describe, expect, it } from 'vitest';
import type { Answer } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, buyer } from '../../support/market-api.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading } from '../../support/trading.ts';

const engine = engineOfFile();

/** A market whose zone takes at most 65 % of a planned 1 000 kg a quarter from one country outside it. */
async function cappedMarket(): Promise<Trading> {
  const trading = await Trading.open(clientFor(engine.endpoint));
  const members = ['US', 'JP', 'DE', 'AU'];
  await trading.done(ada, 'PUT', '/v1/zones/partners', { name: 'Partners', members, maxOriginShare: '0.65' });
  await trading.done(ada, 'PUT', '/v1/zones/partners/consumption/ndpr-oxide', {
    quarters: [
      { quarter: '2027-Q1', quantity: kg('1000') },
      { quarter: '2027-Q2', quantity: kg('1000') },
    ],
  });
  return trading;
}

const remainingOf = ({ body }: Answer) =>
  (body['remaining'] as { quarter: string; quantity: { amount: string } }[]).map(({ quarter, quantity }) => [
    quarter,
    Number(quantity.amount),
  ]);
const bindingIn = ({ body }: Answer): string[][] =>
  (body['quarters'] as { binding: { code: string }[] }[]).map(({ binding }) =>
    binding.map(({ code }) => code),
  );

describe("a zone's cap over several clearings", () => {
  it('counts what earlier clearings contracted, quarter by quarter, whoever bought it', async () => {
    const trading = await cappedMarket();
    const both = flat('400', '2027-Q1', '2027-Q2');
    const first = await trading.offerOf('mine-cl', 'CL', { delivery: both });
    await trading.bid({ delivery: flat('400'), destination: 'JP' });
    await trading.bid({ delivery: flat('100', '2027-Q2') });
    await trading.clear();
    expect(remainingOf(await trading.call(ada, 'GET', `/v1/offers/${first.body.id}`))).toEqual([
      ['2027-Q1', 0],
      ['2027-Q2', 300],
    ]);

    const second = await trading.offerOf('mine-cl-2', 'CL', { delivery: flat('900', '2027-Q1', '2027-Q2') });
    const bid = await trading.bid({ delivery: flat('900', '2027-Q1', '2027-Q2') });
    const clearing = await trading.clear();
    const sold = [first, second].map(async ({ body }) =>
      remainingOf(await trading.call(ada, 'GET', `/v1/offers/${body.id}`)),
    );
    const [[, leftOne], [leftTwoQ1, leftTwoQ2]] = (await Promise.all(sold)) as [
      [unknown, [string, number]],
      [[string, number], [string, number]],
    ];
    expect(leftTwoQ1, '650 less 400').toEqual(['2027-Q1', 650]);
    expect(leftOne[1] + leftTwoQ2[1], '1 200 less the 550 that were left of 650').toBe(650);
    const explained = await trading.call(ada, 'GET', `/v1/bids/${bid.body.id}/explanation`);
    expect(bindingIn(explained)).toEqual([['concentration_limit'], ['concentration_limit']]);
    const record = await trading.call(ada, 'GET', `/v1/clearings/${clearing}`);
    for (const { optimality } of record.body['quarters'] as { optimality: object }[])
      expect(optimality).toMatchObject({ gap: '0' });

    await trading.bid({ delivery: flat('50'), destination: 'US' });
    await trading.clear();
    const third = await trading.call(ada, 'GET', `/v1/offers/${second.body.id}`);
    expect(remainingOf(third)[0], 'the limit is reached: nothing more').toEqual(['2027-Q1', 650]);
  });

  it('clears nothing from outside where no consumption is declared', async () => {
    const trading = await cappedMarket();
    await trading.offerOf('mine-cl', 'CL', { delivery: flat('100', '2027-Q3') });
    const bid = await trading.bid({ delivery: flat('100', '2027-Q3') });
    await trading.clear();
    const explained = await trading.call(ada, 'GET', `/v1/bids/${bid.body.id}/explanation`);
    expect(bindingIn(explained)).toEqual([['consumption_not_declared']]);
  });

  it('shows its live headroom, but for counts that one organisation could be read from', async () => {
    const trading = await cappedMarket();
    const caps = async () => (await trading.call(buyer, 'GET', '/v1/markets/ndpr-oxide')).body['originCaps'];
    const quarter = (name: string, origins: unknown, withheld = false) => ({
      ...{ quarter: name, limit: kg('650'), origins, withheld },
    });
    const capOf = (...quarters: unknown[]) => [{ zone: 'partners', maxOriginShare: '0.65', quarters }];
    expect(await caps(), 'nothing contracted').toEqual(capOf(quarter('2027-Q1', []), quarter('2027-Q2', [])));

    for (const name of ['a', 'b', 'c']) {
      await trading.offerOf(`mine-cl-${name}`, 'CL', { delivery: flat('100') });
      await trading.bid({ delivery: flat('100') }, caller(`maker-${name}`, 'buyer'));
    }
    await trading.clear();
    const shown = { origin: 'CL', contracted: kg('300'), headroom: kg('350'), share: '0.3000' };
    expect(await caps(), 'three sellers, three buyers').toEqual(
      capOf(quarter('2027-Q1', [shown]), quarter('2027-Q2', [])),
    );

    await trading.offerOf('mine-cl-d', 'CL', { delivery: flat('50') });
    await trading.bid({ delivery: flat('50') });
    await trading.clear();
    expect(await caps(), 'what one seller added would follow by subtraction').toEqual(
      capOf(quarter('2027-Q1', null, true), quarter('2027-Q2', [])),
    );
  });
});
