import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractTermsSchema } from '../../shared/contracts/chain.ts';
import type { Contract } from '../../shared/contracts/contract.ts';
import { without } from '../../shared/kernel/without.ts';
import { readContract, concludeContract } from '../../shared/store/contracts/contracts.ts';
import { readLines } from '../../shared/store/contracts/ledger.ts';
import { appendToContract, whatIsDue, readSettlements } from '../../shared/store/contracts/settlements.ts';
import { shardOf } from '../../shared/store/table/keys/shards.ts';
import { referenceSeries } from '../../shared/store/reference/reference.ts';
import { recordVersion } from '../../shared/store/table/versioned.ts';
import { Table } from '../../shared/store/table/table.ts';
import { aContract, dlv, tonnes } from '../support/contracts.ts';
import { aProduct } from '../support/products.ts';
import type { LambdaWorld } from '../support/lambda.ts';
import { lambdaWorld } from '../support/lambda.ts';
import { clientFor } from '../support/table.ts';

let world: LambdaWorld;
let table: Table;
let settlement: (event: unknown, context?: unknown) => Promise<unknown>;
beforeAll(async () => {
  world = await lambdaWorld();
  settlement = await world.handler('settlement');
  table = new Table({
    client: clientFor(process.env['AWS_ENDPOINT_URL_DYNAMODB']!),
    ...{ name: 'lodestone', pause: () => Promise.resolve(), random: Math.random },
  });
  const product = aProduct({ id: aContract({ '2025-Q1': '100' }).product });
  await table.transact(recordVersion(referenceSeries.product, product));
});
afterAll(async () => {
  await world.end();
});

/** What EventBridge sends on a schedule. */
const scheduled = {
  ...{ version: '0', id: 'e0', source: 'aws.events', account: '123456789012', region: 'eu-central-1' },
  ...{ 'detail-type': 'Scheduled Event', time: '2026-11-22T12:00:00Z', resources: ['rule'], detail: {} },
};
const context = (milliseconds: number) => ({
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => milliseconds,
});

/** A contract for a quarter long past, delivered and accepted. */
async function delivered(name: string): Promise<Contract> {
  const contract = {
    ...aContract({ '2025-Q1': '100' }),
    ...{ id: `ctr_${name.padStart(24, '0')}`, concludedAt: '2024-11-22T12:00:00.000Z' },
  };
  const terms = without(contract, 'events');
  expect(contractTermsSchema.safeEncode(terms).success).toBe(true);
  await table.transact(concludeContract(terms));
  const read = await readContract(table, contract.id);
  const at = '2025-03-10T12:00:00.000Z';
  const quantity = tonnes('100');
  const outcome = await table.transact(
    appendToContract(
      read!,
      [
        {
          ...{ type: 'delivery_noticed', at, delivery: dlv('A'), quantity },
          notice: { quarter: '2025-Q1', quantity, shippedOn: '2025-03-01' },
        },
        { type: 'delivery_accepted', at, delivery: dlv('A'), finalQuantity: quantity },
      ],
      '2025-03-10',
    ),
  );
  expect(outcome.done).toBe(true);
  return contract;
}

describe('the settlement function, as it is bundled', () => {
  it('settles what is due when its schedule calls it, once, however many run at once', async () => {
    const contracts = await Promise.all(['A', 'B', 'C'].map(delivered));
    const runs = await Promise.all([1, 2, 3].map(() => settlement(scheduled, context(60_000))));
    const counts = runs.map((run) => (run as { settlements: number }).settlements);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    for (const { id } of contracts) {
      expect(await readSettlements(table, id)).toMatchObject([{ kind: 'delivery', sequence: 1 }]);
      const types = (await readContract(table, id))?.events.map(({ type }) => type);
      expect(types?.slice(-2)).toEqual(['quarter_settled', 'completed']);
    }
    expect(await readLines(table, 'organisation:mine', '2025-Q1')).toHaveLength(3);
    expect(await settlement(scheduled, context(60_000))).toEqual({ settlements: 0, more: false });
  });

  it('begins nothing when its time is nearly up, and says that there is more', async () => {
    const { id } = await delivered('LATE');
    expect(await settlement(scheduled, context(5_000))).toEqual({ settlements: 0, more: true });
    expect(await readSettlements(table, id)).toEqual([]);
    expect(await whatIsDue(table, shardOf(id), '2026-01-01', 10)).toContain(id);
    expect(await settlement(scheduled, context(60_000))).toEqual({ settlements: 1, more: false });
  });

  it('fails loudly over a contract that it cannot settle, and settles the others all the same', async () => {
    const [broken, whole] = await Promise.all(['BROKEN', 'WHOLE'].map(delivered));
    const key = { pk: `CONTRACT#${broken!.id}`, sk: 'EVENT#0000000002' };
    const event = await table.get(key);
    await table.put({ ...key, type: 'contract event', body: 'not an event' }, []);
    await expect(settlement(scheduled, context(60_000))).rejects.toThrow('1 contracts could not be settled');
    expect(await readSettlements(table, whole!.id)).toHaveLength(1);
    await table.put(event as never, []);
    expect(await settlement(scheduled, context(60_000))).toEqual({ settlements: 1, more: false });
  });
});
