import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../shared/reference/caller.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { testApi } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { crashAt, meddleWith } from '../../support/faults.ts';
import { ada, auditor, buyer, mine } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

/** Provisional payment, take-or-pay and upside sharing, by HTTP alone: undisturbed, and stopped after every write. */

const engine = engineOfFile();

/** 100 kg in each of two quarters at 110.00: nine tenths to be taken, half of what exceeds 105.00 given back. */
async function market(): Promise<{ at: Settling; path: string }> {
  const trading = await Trading.open(clientFor(engine.endpoint));
  await trading.done(ada, 'PUT', '/v1/products/ndpr-oxide/terms', {
    ...{ provisionalShare: '0.8', takeOrPay: { share: '0.9', makeUpYears: 1 } },
    upsideShare: { share: '0.5', threshold: usd('105.00') },
  });
  const delivery = flat('100', '2027-Q1', '2027-Q2');
  await trading.offer({ price: usd('100.00'), delivery });
  await trading.bid({ price: usd('120.00'), delivery });
  await trading.clear();
  const at = new Settling(trading);
  return { at, path: `/v1/contracts/${(await at.contracts())[0]!.id}` };
}

let stopped = 0;

/** Settles over an API that dies at its first write, before or after it is done, until nothing is left to write. */
async function settleStopped(at: Settling): Promise<void> {
  for (let stops = 0; stops < 50; stops += 1) {
    const when = stops % 2 === 0 ? 'before' : 'after';
    const fault = crashAt(1, when);
    await post(meddled(at, fault));
    stopped += fault.writes;
    expect(await at.findings(), `stopped ${when} a write`).toEqual([]);
    if (fault.writes === 0) return;
  }
  throw new Error('it does not come to an end');
}
const settleAtOnce = async (at: Settling): Promise<void> => {
  await Promise.all([post(at.trading.api), post(at.trading.api)]);
  expect(await at.findings()).toEqual([]);
};
const post = ({ call }: Pick<ReturnType<typeof testApi>, 'call'>) => call(ada, 'POST', '/v1/settlements');

function meddled(at: Settling, fault: Parameters<typeof meddleWith>[0]) {
  const client: DynamoDBClient = clientFor(engine.endpoint);
  meddleWith(fault)(client);
  const pause = () => Promise.resolve();
  const table = new Table({ client, name: at.table.name, pause, random: () => 0 });
  return testApi(table, { clock: at.trading.api.dependencies.clock });
}

/** The life of the contract, and what each side is told that it is owed at the end of each step. */
async function life(settle: (at: Settling) => Promise<void>) {
  const { at, path } = await market();
  const act = (who: Caller, to: string, body?: unknown) =>
    at.trading.done(who, 'POST', `${path}/${to}`, body);
  const on = (day: string) => {
    at.now = `${day}T12:00:00.000Z`;
  };
  const ships = async (quarter: string, amount: string, day: string): Promise<string> => {
    on(day);
    const notice = { quarter, quantity: kg(amount), shippedOn: day };
    const { id } = (await act(mine, 'deliveries', notice)).body;
    await act(buyer, `deliveries/${id}/receipt`, { receivedOn: day, quantity: kg(amount) });
    return `deliveries/${id}`;
  };
  const told: unknown[] = [];
  const settled = async (day: string): Promise<void> => {
    on(day);
    await settle(at);
    const net = async (who: Caller, quarter: string) => {
      const { body } = await at.trading.done(who, 'GET', `/v1/statements/${quarter}`);
      return (body['totals'] as { net: { amount: string } }[])[0]?.net.amount;
    };
    const nets = async (quarter: string) => [await net(mine, quarter), await net(buyer, quarter)];
    told.push({
      day,
      ...{ q1: await nets('2027-Q1'), q2: await nets('2027-Q2'), q4: await nets('2027-Q4') },
    });
  };

  const first = await ships('2027-Q1', '100', '2027-02-01');
  await settled('2027-02-02');
  await act(buyer, `${first}/accept`);
  await settled('2027-04-01');
  await act(buyer, 'declines', { quarter: '2027-Q2', quantity: kg('50') });
  const second = await ships('2027-Q2', '50', '2027-05-01');
  await act(buyer, `${second}/accept`);
  await settled('2027-07-01');
  await settled('2028-01-01');
  const settlements = (await at.trading.done(auditor, 'GET', `${path}/settlements`)).body.items;
  const { events } = (await at.trading.done(auditor, 'GET', path)).body as unknown as {
    events: { type: string }[];
  };
  return {
    told,
    settlements: settlements.map(({ kind, quarter, sequence }) => [kind, quarter, sequence]),
    year: settlements.find(({ kind }) => kind === 'year'),
    events: events.map(({ type }) => type),
  };
}

let first: ReturnType<typeof life> | undefined;
const undisturbed = () => (first ??= life(settleAtOnce));

describe('a year of a contract', () => {
  it('is paid in part on receipt, then in full; what was not taken is paid for, what exceeds the threshold shared', async () => {
    const { told, settlements, year } = await undisturbed();
    const both = (amount: string) => [amount, `-${amount}`];
    expect(told).toEqual([
      // 0.8 × 100 kg × 110.00 on receipt.
      { day: '2027-02-02', q1: both('8800.00'), q2: [undefined, undefined], q4: [undefined, undefined] },
      { day: '2027-04-01', q1: both('11000.00'), q2: [undefined, undefined], q4: [undefined, undefined] },
      { day: '2027-07-01', q1: both('11000.00'), q2: both('5500.00'), q4: [undefined, undefined] },
      // 0.9 × 200 kg less 150 taken = 30 kg at 110.00; less half of 5.00 on each of 150 kg.
      { day: '2028-01-01', q1: both('11000.00'), q2: both('5500.00'), q4: both('2925.00') },
    ]);
    expect(settlements).toEqual([
      ['provisional', '2027-Q1', 1],
      ['delivery', '2027-Q1', 1],
      ['delivery', '2027-Q2', 1],
      ['year', '2027-Q4', 1],
    ]);
    expect(year).toMatchObject({
      takeOrPay: { deficiency: kg('30'), payment: { amount: '3300.00' } },
    });
  });

  it('comes to the same with two workers at once and with one that dies at every single write', async () => {
    const again = await life(settleStopped);
    // Each write was met twice: once it was not done, once its answer was lost.
    expect(stopped).toBeGreaterThan(15);
    const { told, settlements, events } = await undisturbed();
    expect([again.told, again.settlements, again.events]).toEqual([told, settlements, events]);
  });
});
