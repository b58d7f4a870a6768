import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractMemory } from '../../../functions/stream/contract-memory.ts';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { changesSince, noteChanges } from '../../../shared/store/risk/changed-contracts.ts';
import { without } from '../../../shared/kernel/without.ts';
import { concludeContract, readContract } from '../../../shared/store/contracts/contracts.ts';
import { readAssessedContracts } from '../../../shared/store/contracts/product-contracts.ts';
import { appendToContract } from '../../../shared/store/contracts/settlements.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { aContract } from '../../support/contracts.ts';
import { meddleWith } from '../../support/faults.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import { startMemory } from '../../support/memory-dynamo/store.ts';
import { clientFor, freshTable } from '../../support/table.ts';

const at = '2027-02-01T12:00:00.000Z';
const later = (milliseconds: number) => new Date(Date.parse(at) + milliseconds).toISOString();
const idOf = (name: string) => `ctr_${name.padStart(24, '0')}`;

let engine: TestEngine;
let table: Table;
beforeAll(async () => {
  engine = await startMemory();
});
beforeEach(async () => {
  table = await freshTable(clientFor(engine.endpoint));
});
afterAll(async () => {
  await engine.stop();
});

async function conclude(name: string): Promise<string> {
  const terms = without(aContract({ '2027-Q1': '100' }, { id: idOf(name) }), 'events');
  await table.transact(concludeContract(terms));
  return idOf(name);
}

/** What no day brings but somebody does: a contract that is over. */
async function terminate(id: string): Promise<void> {
  const contract = (await readContract(table, id))!;
  const ended = { at, type: 'terminated', cause: 'agreed', reason: 'Agreed.' } as const;
  const { done } = await table.transact(appendToContract(contract, [ended], '2027-02-01'));
  expect(done).toBe(true);
}

/** The same table through a client of its own that lists the partitions of contracts that it reads. */
function watched(): { readonly of: Table; readonly read: Set<string> } {
  const client: DynamoDBClient = clientFor(engine.endpoint);
  const read = new Set<string>();
  meddleWith(async (send, call) => {
    const text = JSON.stringify(call.input);
    for (const [, id] of text.matchAll(/CONTRACT#(ctr_\w+)/g)) read.add(id!);
    return send();
  })(client);
  return {
    read,
    of: new Table({ client, name: table.name, pause: () => Promise.resolve(), random: () => 0 }),
  };
}

const whole = () => readAssessedContracts(table, 'cobalt', { since: '2026-Q1', today: '2027-02-01' });

describe('what a follower remembers of contracts', () => {
  it('is what stands, and costs the contracts that have changed, however many there are', async () => {
    for (let index = 0; index < 30; index += 1) await conclude(`A${index}`);
    const { of, read } = watched();
    const memory = new ContractMemory();
    expect((await memory.look(of, 'cobalt', { at, changed: [] })).contracts).toEqual(await whole());
    expect(read.size).toBe(30);
    read.clear();

    const fresh = await conclude('NEW');
    await terminate(idOf('A7'));
    const seen = await memory.look(of, 'cobalt', { at, changed: [fresh, idOf('A7')] });
    expect(seen.contracts).toEqual(await whole());
    expect(seen.contracts.filter(({ isOver }) => isOver).map(({ contract }) => contract)).toEqual([
      idOf('A7'),
    ]);
    expect([...read].sort()).toEqual([idOf('A7'), fresh].sort());
  });

  it('has what another follower has noted, and, for what nobody has, is read anew after a while and each day', async () => {
    const told = await conclude('TOLD');
    const untold = await conclude('UNTOLD');
    const { of, read } = watched();
    const memory = new ContractMemory({ trustedMilliseconds: 1000 });
    const { last } = await memory.look(of, 'cobalt', { at, changed: [] });
    await terminate(told);
    await terminate(untold);
    expect((await table.transact(noteChanges('cobalt', last, [told], at))).done).toBe(true);
    read.clear();
    const overAt = async (when: string) =>
      (await memory.look(of, 'cobalt', { at: when, changed: [] })).contracts
        .filter(({ isOver }) => isOver)
        .map(({ contract }) => contract);
    expect(await overAt(later(999))).toEqual([told]);
    expect([...read]).toEqual([told]);
    expect(await overAt(later(1000))).toEqual([told, untold].sort());
  });

  it('forgets the product that was asked for longest ago where there is too much', async () => {
    await conclude('ONE');
    await conclude('TWO');
    const { of, read } = watched();
    const memory = new ContractMemory({ most: 1 });
    await memory.look(of, 'cobalt', { at, changed: [] });
    read.clear();
    await memory.look(of, 'cobalt', { at, changed: [] });
    expect(read.size).toBe(2);
  });
});

describe('two followers at once', () => {
  /** Both look, each for its own event, before either has written. */
  async function race() {
    const [one, other] = [await conclude('ONE'), await conclude('OTHER')];
    const memories = [new ContractMemory(), new ContractMemory()];
    for (const memory of memories) await memory.look(table, 'cobalt', { at, changed: [] });
    await terminate(one);
    const first = await memories[0]!.look(table, 'cobalt', { at, changed: [one] });
    await terminate(other);
    const second = await memories[1]!.look(table, 'cobalt', { at, changed: [other] });
    expect(second.contracts.filter(({ isOver }) => isOver)).toHaveLength(1);
    expect((await table.transact(noteChanges('cobalt', first.last, [one], at))).done).toBe(true);
    const outcome = await table.transact(noteChanges('cobalt', second.last, [other], at));
    const again = await memories[1]!.look(table, 'cobalt', { at, changed: [other] });
    return { done: outcome.done, over: again.contracts.filter(({ isOver }) => isOver).length };
  }

  it('the later one is refused, and sees on its next look what the earlier one has followed', async () => {
    expect(await race()).toEqual({ done: false, over: 2 });
    expect((await changesSince(table, 'cobalt', 0)).contracts).toEqual([idOf('ONE')]);
  });
});
