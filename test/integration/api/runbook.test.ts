import { describe, expect, it } from 'vitest';
import type { QueueRecord } from '../../../functions/clearing/consume.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { consume } from '../../../functions/clearing/consume.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { sweep } from '../../../functions/stream/follow.ts';
import { ada, auditor } from '../../support/market-api.ts';
import { Trading } from '../../support/trading.ts';
import { Receiver, Warning } from '../../support/warning.ts';

const engine = engineOfFile();

/**
 * The clearing queue as SQS runs it: a message that its consumer answers as failed is handed out again, after five times
 * it is a dead letter, and a redrive puts dead letters back at the end.
 */
class Queue {
  waiting: QueueRecord[] = [];
  deadLetters: QueueRecord[] = [];
  readonly #received = new Map<string, number>();

  send(messageId: string, body: string): void {
    this.waiting.push({ messageId, body, attributes: { MessageGroupId: messageId } });
  }

  async drain(handle: (records: readonly QueueRecord[]) => ReturnType<typeof consume>): Promise<void> {
    for (let message = this.waiting.shift(); message !== undefined; message = this.waiting.shift()) {
      const { batchItemFailures } = await handle([message]);
      const received = (this.#received.get(message.messageId) ?? 0) + 1;
      this.#received.set(message.messageId, received);
      if (batchItemFailures.length > 0) (received < 5 ? this.waiting : this.deadLetters).push(message);
    }
  }

  redrive(): void {
    this.waiting.push(...this.deadLetters.splice(0));
    this.#received.clear();
  }
}

describe('the runbook, tried on one machine', () => {
  it('ClearingDeadLetters: what five tries gave up is cleared after the redrive; a poisoned message harms no other', async () => {
    const market = await Trading.open(engine.client);
    await market.offer();
    await market.bid();
    const { body: clearing } = await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    const queue = new Queue();
    queue.send('poison', '{"product":');
    queue.send('good', JSON.stringify({ product: 'ndpr-oxide' }));
    let isBroken = true;
    const { logger } = market.api.dependencies;
    const handle = (records: readonly QueueRecord[]) =>
      consume(records, {
        run: (product) =>
          isBroken ? Promise.reject(new Error('no permission')) : runDueClearings(market.worker, { product }),
        wake: () => Promise.resolve(),
        logger,
      });
    await queue.drain(handle);
    expect(queue.deadLetters.map(({ messageId }) => messageId)).toEqual(['poison', 'good']);
    const failures = market.api.log.filter(({ message }) => message === 'a message failed');
    expect(failures).toHaveLength(10);
    const stateOf = async () => (await market.done(auditor, 'GET', `/v1/clearings/${clearing.id}`)).body;
    expect(await stateOf()).toMatchObject({ status: 'queued' });

    isBroken = false;
    queue.redrive();
    await queue.drain(handle);
    expect(queue.deadLetters.map(({ messageId }) => messageId)).toEqual(['poison']);
    expect(await stateOf()).toMatchObject({ status: 'completed', contracts: 1 });
    // Once more, as an operator might who is not sure.
    queue.send('good', JSON.stringify({ product: 'ndpr-oxide' }));
    queue.redrive();
    await queue.drain(handle);
    expect((await market.done(auditor, 'GET', '/v1/contracts')).body.items).toHaveLength(1);
  });

  it('MissedEvents: the sweep raises the alerts of an event that nobody followed, and none a second time', async () => {
    const receiver = await Receiver.open();
    try {
      const market = await Warning.open(engine.client, receiver);
      await market.ban();
      const alerts = async () => (await market.api.call(ada, 'GET', '/v1/alerts')).body.items;
      expect(await alerts()).toEqual([]);
      expect(await sweep(market.follower(), true)).toEqual({ products: ['cobalt', 'gallium'], failed: [] });
      const raised = await alerts();
      expect(raised).toHaveLength(2);
      await sweep(market.follower(), true);
      expect(await alerts()).toEqual(raised);
    } finally {
      await receiver.close();
    }
  });
});
