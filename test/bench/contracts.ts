import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { startEngine } from '../../infra/local/engine.ts';
import { clientAt, openTable } from '../../infra/local/store.ts';
import { maximumActions } from '../../shared/store/table/table.ts';
import type { ClearingRun } from './clearing-run.ts';
import { clearBook, contractPuts } from './clearing-run.ts';
import { openBenchMarket, postBook } from './market.ts';
import { Meter } from './meter.ts';
import { median, progress, report } from './report.ts';

const products = ['ndpr-1', 'ndpr-2', 'ndpr-3'] as const;
const size = { offers: 400, bids: 400 } as const;

/**
 * Contracts recorded per second by a clearing, against the very same contracts and events put raw into an empty
 * table of the same engine, 100 in a transaction, without a condition and without an order that they are taken from.
 */
export async function benchContracts(): Promise<void> {
  const engine = await startEngine();
  const meter = new Meter();
  progress('contracts: setting the market up');
  const market = await openBenchMarket({
    ...{ endpoint: engine.endpoint, products, sellers: 200, buyers: 100 },
    listen: (client) => {
      meter.attach(client);
    },
  });
  try {
    const runs: { apply: number; whole: number; raw: number; contracts: number; orders: number }[] = [];
    for (const product of products) {
      progress(`contracts: posting ${size.offers} offers and ${size.bids} bids of ${product}`);
      await postBook(market, product, size);
      progress(`contracts: clearing ${product}`);
      const run = await clearBook(market, product, meter);
      const { contracts, orders } = run;
      const perSecond = (milliseconds: number): number => (contracts / milliseconds) * 1000;
      runs.push({
        ...{ contracts, orders },
        apply: perSecond(applyMilliseconds(run)),
        whole: perSecond(run.milliseconds),
        raw: perSecond(await putRaw(engine.endpoint, run)),
      });
    }
    const of = (figure: keyof (typeof runs)[number]): number => median(runs.map((run) => run[figure]));
    const what = `${of('contracts')} contracts of ${of('orders')} orders`;
    const versus = 'the same contracts and events in raw 100-action transactions';
    const compare = (name: string, value: number): void => {
      report({ name, value, unit: '1/s', versus, ratio: value / of('raw') });
    };
    compare(`contracts recorded, ${what}: applying the plan`, of('apply'));
    compare(`contracts recorded, ${what}: the whole run, from taking the market to closing it`, of('whole'));
  } finally {
    market.client.destroy();
    await engine.stop();
  }
}

/** From the first transaction that applies a chunk until the last order is retired. */
function applyMilliseconds({ calls }: ClearingRun): number {
  const applying = calls.filter(({ step }) => step === 'apply' || step === 'retire');
  return Math.max(...applying.map(({ ended }) => ended)) - Math.min(...applying.map(({ begun }) => begun));
}

/** Milliseconds of putting a run's contracts and events into a table of their own. */
async function putRaw(endpoint: string, { calls }: ClearingRun): Promise<number> {
  const client = clientAt(endpoint);
  const { name: TableName } = await openTable(client, `bench-${randomUUID()}`);
  const puts = contractPuts(calls).map(({ Item }) => ({ Put: { TableName, Item } }));
  const begun = performance.now();
  for (let start = 0; start < puts.length; start += maximumActions)
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: puts.slice(start, start + maximumActions) }),
    );
  const milliseconds = performance.now() - begun;
  client.destroy();
  return milliseconds;
}
