import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { clearingSettings } from '../../functions/clearing/dependencies.ts';
import { referenceReader } from '../../functions/clearing/reference-reader.ts';
import { runDueClearings } from '../../functions/clearing/run-due-clearings.ts';
import { memoryObjectStore } from '../../infra/local/file-object-store.ts';
import { clearAndDocument } from '../../shared/clearing/documents/documents.ts';
import { contractTermsSchema } from '../../shared/contracts/chain.ts';
import { must } from '../../shared/kernel/result.ts';
import { lotsOf } from '../../shared/pricing/product-terms.ts';
import { readBook } from '../../shared/store/orders/book.ts';
import { readClearing, requestClearingActions } from '../../shared/store/clearing/clearings.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { readBody } from '../../shared/store/table/item-body.ts';
import { readOrderState } from '../../shared/store/orders/order-item.ts';
import { readProductInUse } from '../../shared/store/reference/products.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { BenchMarket } from './market.ts';
import type { Call, Meter } from './meter.ts';

/** What a call of a run is for. */
export type Step = 'read' | 'lock' | 'plan' | 'apply' | 'retire' | 'control';

export interface ClearingRun {
  readonly contracts: number;
  /** Orders in the book at gate closure. */
  readonly orders: number;
  readonly milliseconds: number;
  readonly calls: readonly (Call & { readonly step: Step })[];
}

/** Clears a product of the market as the host of one machine does, and checks that nothing was lost or doubled. */
export async function clearBook(market: BenchMarket, product: string, meter: Meter): Promise<ClearingRun> {
  const { table } = market;
  const clock = () => new Date().toISOString();
  const id = `clr_${monotonicFactory()()}`;
  await table.transact(requestClearingActions({ id, product, requestedBy: 'bench', at: clock() }));
  const book = await readBook(table, product);
  const failures: unknown[] = [];
  meter.take();
  const begun = performance.now();
  await runDueClearings(
    {
      ...{ table, clock, objects: memoryObjectStore(), holder: 'bench', clear: clearAndDocument },
      reference: referenceReader(table),
      newSalt: () => randomBytes(32).toString('hex'),
      remainingMilliseconds: () => Number.POSITIVE_INFINITY,
      logger: {
        info: () => undefined,
        warn: (message, fields) => failures.push(message, fields),
        error: (message, fields) => failures.push(message, fields),
      },
      settings: clearingSettings,
    },
    { product },
  );
  const milliseconds = performance.now() - begun;
  const calls = meter.take().map((call) => ({ ...call, step: stepOf(call) }));
  const clearing = await readClearing(table, id);
  if (clearing?.status !== 'completed')
    throw new Error(`the clearing is ${String(clearing?.status)}: ${JSON.stringify(failures)}`);
  const contracts = contractPuts(calls).length / 2;
  if (contracts !== clearing.contracts || contracts === 0)
    throw new Error(`${contracts} contracts were written, ${String(clearing.contracts)} reported`);
  await checkBalance(table, product, book, calls);
  return { contracts, orders: book.length, milliseconds, calls };
}

/** The puts of contracts and of their first events, in the order in which they were written. */
export const contractPuts = (calls: readonly Call[]): NonNullable<TransactWriteItem['Put']>[] =>
  calls.flatMap(({ transaction }) =>
    transaction.flatMap(({ Put }) => (Put?.Item?.['pk']?.S?.startsWith('CONTRACT#') === true ? [Put] : [])),
  );

function stepOf({ write, name, partition, transaction }: Call): Step {
  if (!write) return 'read';
  if (name === 'PutItemCommand') return 'plan';
  if (name === 'DeleteItemCommand') return 'retire';
  if (name === 'UpdateItemCommand') return partition.startsWith('ORDER#') ? 'lock' : 'control';
  const [first] = transaction;
  const touched = first?.Put?.Item?.['pk']?.S ?? first?.Update?.Key?.['pk']?.S ?? '';
  if (touched.startsWith('ORDER#')) return 'retire';
  return touched.startsWith('PLAN#') ? 'apply' : 'control';
}

/** All that the offers have lost, the bids have gained and the contracts say. */
async function checkBalance(
  table: Table,
  product: string,
  book: readonly string[],
  calls: readonly Call[],
): Promise<void> {
  const orders = await table.getMany(book.map((id) => keys.order(id)));
  const taken = (type: string): bigint => sum(orders.filter((item) => item['type'] === type).map(takenFrom));
  const known = await readProductInUse(table, product);
  if (known === undefined) throw new Error(`no product ${product}`);
  const ids = contractPuts(calls).flatMap(({ Item }) =>
    Item?.['type']?.S === 'contract' ? [Item['pk']?.S ?? ''] : [],
  );
  const contracts = await table.getMany(ids.map((pk) => ({ pk, sk: 'CONTRACT' })));
  const contracted = sum(
    contracts.map((item) => {
      const { schedule } = readBody(contractTermsSchema, item);
      return sum(schedule.map(({ quantity }) => must(lotsOf(quantity, known.product))));
    }),
  );
  const [offered, bought] = [taken('offer'), taken('bid')];
  if (contracts.length !== new Set(ids).size || offered !== bought || offered !== contracted)
    throw new Error(`offers gave ${offered} lots, bids took ${bought}, contracts say ${contracted}`);
}

function takenFrom(item: Item): bigint {
  const { requested, remaining } = readOrderState(item);
  return sum(Object.values(requested)) - sum(Object.values(remaining));
}

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((total, number) => total + number, 0n);
