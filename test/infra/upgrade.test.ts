import { describe, expect, it } from 'vitest';
import { outlineOf, readBaseline, whatIsLost } from '../../infra/aws/upgrade.ts';
import { without } from '../../shared/kernel/without.ts';
import { exampleSettings, stacks } from '../support/stacks.ts';

const synthesised = stacks(exampleSettings).app.synth().stacks;
const now = outlineOf(synthesised);
const baseline = readBaseline();

/** The stacks once more with another text in the place of each `from` in the templates' resources. */
const altered = (from: RegExp, to: string): unknown[] =>
  synthesised.map(({ stackName, template }) => ({
    stackName,
    template: JSON.parse(JSON.stringify(template).replaceAll(from, to)) as unknown,
  }));

/** Lists of attributes and of indexes, each without its last. */
const lastTaken = (fixed: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    ['Schema', 'GlobalSecondaryIndexes'].flatMap((name) => {
      const list = fixed[name];
      return Array.isArray(list) ? [[name, list.slice(0, -1)]] : [];
    }),
  );

describe('an upgrade from the release before', () => {
  it('replaces, renames and removes nothing that lasts', () => {
    expect(whatIsLost(baseline, now)).toEqual([]);
  });

  it('is compared with all that lasts: the table, the pool, both buckets, queues, logs and keys', () => {
    const types = Object.values(baseline).map(({ type }) => type.replace('AWS::', ''));
    const count = (type: string) => types.filter((each) => each === type).length;
    expect(count('DynamoDB::GlobalTable')).toBe(1);
    expect(count('Cognito::UserPool')).toBe(1);
    expect(count('Cognito::UserPoolClient')).toBe(3);
    expect(count('S3::Bucket')).toBe(2);
    expect(count('SQS::Queue')).toBe(6);
    expect(count('Logs::LogGroup')).toBeGreaterThanOrEqual(10);
    const kept = /Table|UserPool$|Bucket|LogGroup|KMS/;
    for (const [name, { type, kept: stays }] of Object.entries(baseline))
      if (kept.test(type)) expect(stays, name).toBe(true);
  });

  it.each([
    [
      'another key of the table',
      /"AttributeName":"pk","KeyType"/g,
      '"AttributeName":"id","KeyType"',
      'KeySchema',
    ],
    [
      'a new name of a resource',
      /"MissedTicks(\w+)":\{"Type"/g,
      '"LostTicks$1":{"Type"',
      'removed or renamed',
    ],
    [
      'another key of an index',
      /"AttributeName":"gsi2pk","KeyType"/g,
      '"AttributeName":"x","KeyType"',
      'GlobalSec',
    ],
    ['sign-in by something else', /"UsernameAttributes":\["email"\]/g, '"X":1', 'UsernameAttributes'],
    [
      'an organisation that is a number',
      /"AttributeDataType":"String"/g,
      '"AttributeDataType":"Number"',
      'Schema',
    ],
    ['a queue that is no longer FIFO', /"FifoQueue":true/g, '"FifoQueue":false', 'FifoQueue'],
    [
      'data that goes with its stack',
      /"DeletionPolicy":"Retain"/g,
      '"DeletionPolicy":"Delete"',
      'no longer kept',
    ],
  ])('is refused with %s', (_name, from, to, finding) => {
    const losses = whatIsLost(baseline, outlineOf(altered(from, to)));
    expect(losses.join('\n')).toContain(finding);
  });

  it('may add what there was not', () => {
    const [first = ''] = Object.keys(baseline);
    expect(whatIsLost(without(baseline, first), now)).toEqual([]);
  });

  it('may add an attribute of users or an index, and take none away', () => {
    const before = Object.fromEntries(
      Object.entries(baseline).map(([name, resource]) => [
        name,
        { ...resource, fixed: { ...resource.fixed, ...lastTaken(resource.fixed) } },
      ]),
    );
    expect(whatIsLost(before, now)).toEqual([]);
    expect(whatIsLost(now, before)).toEqual([
      expect.stringContaining('GlobalSecondaryIndexes'),
      expect.stringContaining('Schema'),
    ]);
  });
});
