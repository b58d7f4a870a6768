import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect } from 'vitest';

/*
 * Test files share a process, in an order that nobody decides: what one leaves behind, the next would be tested with. So
 * each gives back what it has changed, and stops what it has started.
 */

const methods: readonly (readonly [object, string])[] = [
  [Math, 'random'],
  [performance, 'now'],
  [crypto, 'randomUUID'],
  [process.stdout, 'write'],
  [console, 'log'],
  [console, 'warn'],
  [console, 'error'],
];
const found = (): Readonly<Record<string, unknown>> => ({
  'process.env, the object': process.env,
  'the working directory': process.cwd(),
  ...Object.fromEntries(Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value])),
  ...{ Date, setTimeout, setInterval, setImmediate, queueMicrotask, fetch },
  ...Object.fromEntries(methods.map(([of, name]) => [name, Reflect.get(of, name) as unknown])),
  // A mock of a class puts a method of its own on it.
  'methods of every client': Object.getOwnPropertyNames(DynamoDBClient.prototype).sort().join(),
  'listeners for surprises': process.listenerCount('uncaughtException'),
});
const servers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;

const [before, serversBefore] = [found(), servers()];

/** Registered before those of the file itself, and so called after them. */
afterAll(async () => {
  const after = found();
  const left = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => before[name] !== after[name],
  );
  // A server that has been told to close is gone a moment later.
  for (let waited = 0; servers() > serversBefore && waited < 2000; waited += 20) await pause(20);
  if (servers() > serversBefore) left.push('a server that listens');
  expect(left, 'left behind for the next test file').toEqual([]);
});
