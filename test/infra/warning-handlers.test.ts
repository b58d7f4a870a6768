import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventBus } from '../../functions/notify/event-bus.ts';
import { decimal } from '../../shared/kernel/decimal.ts';
import { noticeOf } from '../../shared/risk/notice.ts';
import { reconciled } from '../../shared/risk/reconcile.ts';
import { readAlerts } from '../../shared/store/risk/alerts.ts';
import type { LambdaWorld } from '../support/lambda.ts';
import { gatewayCaller, lambdaWorld } from '../support/lambda.ts';
import { productBody } from '../support/reference.ts';
import { Receiver, Warning } from '../support/warning.ts';
import { clientFor } from '../support/table.ts';
import { Table } from '../../shared/store/table/table.ts';

let world: LambdaWorld;
let receiver: Receiver;
let table: Table;
let stream: (event: unknown, context?: unknown) => Promise<unknown>;
let notify: (event: unknown, context?: unknown) => Promise<unknown>;
beforeAll(async () => {
  receiver = await Receiver.open();
  world = await lambdaWorld();
  process.env['EVENT_BUS_NAME'] = 'alerts';
  process.env['AWS_ENDPOINT_URL_EVENTBRIDGE'] = `http://${receiver.host}`;
  // What EventBridge answers when it has taken one entry.
  receiver.answers.set('/', (respond) => {
    respond(
      200,
      { 'Content-Type': 'application/x-amz-json-1.1' },
      '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}',
    );
  });
  stream = await world.handler('stream');
  notify = await world.handler('notify');
  table = new Table({
    client: clientFor(process.env['AWS_ENDPOINT_URL_DYNAMODB']!),
    ...{ name: 'lodestone', pause: () => Promise.resolve(), random: Math.random },
  });
});
afterAll(async () => {
  await world.end();
  await receiver.close();
});

const context = { getRemainingTimeInMillis: () => 60_000 };
const records = (items: readonly object[]) => ({
  Records: items.map((item, index) => ({
    ...{ eventID: String(index), eventName: 'INSERT', eventSource: 'aws:dynamodb' },
    dynamodb: { NewImage: marshall(item, { removeUndefinedValues: true }), SequenceNumber: String(index) },
  })),
});

describe('the stream and notify functions, as they are bundled', () => {
  it('follow the records of the stream once, and publish what came of it', async () => {
    const ministry = await gatewayCaller(world, 'ministry', ['administrator']);
    expect(
      (await ministry('PUT', '/v1/products/gallium', productBody({ mineral: 'gallium' }))).statusCode,
    ).toBe(201);
    const ban = await ministry('POST', '/v1/disruptions', {
      ...{ kind: 'export-ban', title: 'Export ban', origins: ['CN'], minerals: ['gallium'] },
      ...{ from: '2024-12-03', source: 'A gazette' },
    });
    expect(ban.statusCode).toBe(201);
    const items = await Warning.itemsOf(table);
    expect(await stream(records(items), context)).toEqual({ products: ['gallium'] });
    expect(await stream(records(items), context)).toEqual({ products: [] });
    const alerts = await readAlerts(table, 'gallium');
    expect(alerts).toMatchObject([{ cause: { kind: 'disruption', zone: null }, version: 1 }]);

    const notices = (await Warning.itemsOf(table)).filter(({ sk }) => sk === 'NOTICE');
    await notify(records(notices), context);
    await notify(records(notices), context);
    await notify({}, context);
    expect(receiver.to('/')).toHaveLength(1);
    const { Entries } = JSON.parse(receiver.to('/')[0]!.body) as { Entries: Record<string, string>[] };
    expect(Entries).toMatchObject([
      { EventBusName: 'alerts', Source: 'lodestone', DetailType: 'alert.raised' },
    ]);
    expect(JSON.parse(Entries[0]!['Detail']!)).toMatchObject({ alert: { id: alerts[0]!.id, level: 0 } });
    expect(Entries[0]!['Detail']).not.toMatch(/severity|figures|concerns/);
  });

  it('look at everything on their schedule once a day, and anew when asked to', async () => {
    expect(await stream({ 'detail-type': 'Scheduled Event' }, context)).toEqual({ products: ['gallium'] });
    expect(await stream({ 'detail-type': 'Scheduled Event' }, context)).toEqual({ products: [] });
    expect(await stream({ sweep: true }, context)).toEqual({ products: ['gallium'] });
  });
});

describe('the event bus', () => {
  const [{ alert, step } = never()] = reconciled(
    [],
    [
      {
        cause: { kind: 'price', product: 'gallium', zone: null, subject: 'gallium' },
        ...{ title: 'The price has risen', severity: decimal('0.2'), level: 1, figures: {}, concerns: [] },
      },
    ],
    { subject: 'follower', at: '2026-11-22T12:00:00.000Z' },
  );
  const notice = noticeOf(alert, step!);
  const answering = (...failures: number[]) => {
    const sent: unknown[] = [];
    const send = (command: unknown) => {
      sent.push(command);
      const failed = failures.shift() ?? 0;
      return Promise.resolve({ FailedEntryCount: failed, Entries: [{ ErrorCode: 'ThrottlingException' }] });
    };
    return { sent, publish: eventBus('alerts', { send }, () => Promise.resolve()) };
  };

  it('is told again of what it failed to take in a call that succeeded', async () => {
    const { sent, publish } = answering(1, 1, 0);
    await publish(notice);
    expect(sent).toHaveLength(3);
  });

  it('that never takes it is an error, so that the notice stays due', async () => {
    const { sent, publish } = answering(1, 1, 1, 1, 1, 1);
    await expect(publish(notice)).rejects.toThrow('ThrottlingException');
    expect(sent).toHaveLength(5);
  });
});

function never(): never {
  throw new Error('nothing came of it');
}
