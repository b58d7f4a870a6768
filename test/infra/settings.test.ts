import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { stageNames } from '../../infra/aws/settings.ts';
import { readSettings, stages, wrongSettings } from '../../infra/aws/stages.ts';
import { exampleSettings } from '../support/stacks.ts';

const readContext = (context: Record<string, unknown>) => readSettings(new App({ context }).node);
const read = (lodestone: unknown) => readContext({ stage: 'prod', lodestone });

describe('settings', () => {
  it('have a default for everything', () => {
    expect(read({})).toEqual({
      stage: 'prod',
      tableReplicas: [],
      runbook: 'docs/runbook.md',
      machineClients: [],
      throttle: { rate: 200, burst: 400 },
      organisationThrottle: { rate: 20, burst: 100 },
      corsOrigins: [],
      requestsPerAddress: 10_000,
      readyInstances: 2,
      rollout: 'canary',
      concurrentClearings: 10,
      clearingMemory: 10_240,
      clearingMinutes: 15,
    });
  });

  it.each(stageNames)('of %s are what the stage says, and what is given beside it', (stage) => {
    const settings = readContext({ stage, lodestone: { requestsPerAddress: 99 } });
    expect(settings).toMatchObject({ ...stages[stage], stage, requestsPerAddress: 99 });
  });

  it('are those of dev unless a stage is named, and there is no fourth', () => {
    expect(readContext({}).stage).toBe('dev');
    expect(() => readContext({ stage: 'live' })).toThrow('stage');
  });

  it('take from the command line what differs most often', () => {
    const settings = readContext({
      ...{ stage: 'prod', email: 'duty@lodestone.example', domain: 'api.lodestone.example' },
      ...{ certificate: 'arn:aws:acm:x', region: 'eu-central-1', replicas: 'eu-west-1,eu-north-1' },
      lodestone: { alarmEmail: 'other@lodestone.example' },
    });
    expect(settings).toMatchObject({
      alarmEmail: 'duty@lodestone.example',
      domain: { name: 'api.lodestone.example', certificateArn: 'arn:aws:acm:x' },
      ...{ region: 'eu-central-1', tableReplicas: ['eu-west-1', 'eu-north-1'] },
    });
  });

  it.each([
    ['a domain without its certificate', { domain: 'api.lodestone.example' }],
    ['copies of a table that is nowhere', { replicas: 'eu-west-1' }],
    ['a copy where the table is already', { region: 'eu-west-1', replicas: 'eu-west-1' }],
    ['a region that is none', { region: 'Frankfurt' }],
  ])('refuse %s', (_name, context) => {
    expect(() => readContext(context)).toThrow();
  });

  it.each(['*', 'https://market.example/', 'market.example'])('refuse %s as an origin', (origin) => {
    expect(() => read({ corsOrigins: [origin] })).toThrow('origin');
  });

  it('come as an object in cdk.json or as JSON on the command line', () => {
    expect(read(JSON.stringify(exampleSettings))).toEqual(read(exampleSettings));
  });

  it.each([
    ['a misspelt name', { machineClient: [] }],
    ['a role that does not exist', { machineClients: [{ name: 'a', organisation: 'b', roles: ['owner'] }] }],
    ['a machine with no role', { machineClients: [{ name: 'a', organisation: 'b', roles: [] }] }],
    [
      'an organisation that is no id',
      { machineClients: [{ name: 'a', organisation: 'b c', roles: ['buyer'] }] },
    ],
    [
      'two machines of one name',
      {
        machineClients: [
          { name: 'a', organisation: 'b', roles: ['buyer'] },
          { name: 'a', organisation: 'c', roles: ['buyer'] },
        ],
      },
    ],
    ['less concurrency than an event source takes', { concurrentClearings: 1 }],
    ['more memory than Lambda gives', { clearingMemory: 10_241 }],
    ['more time than Lambda gives', { clearingMinutes: 16 }],
  ])('refuse %s', (_name, settings) => {
    expect(() => read(settings)).toThrow();
  });
});

describe('settings that cannot be deployed', () => {
  const told = (context: Record<string, unknown>) => wrongSettings(new App({ context }).node);

  it.each<[Record<string, unknown>, RegExp]>([
    [{ stage: 'qa' }, /expected one of "dev"\|"staging"\|"prod"[\s\S]*at stage/],
    [{ domain: 'api.example' }, /-c certificate=/],
    [{ certificate: 'arn:aws:acm:eu-central-1:1:certificate/1' }, /-c domain=/],
    [{ replicas: 'eu-west-1' }, /region of its own to be named/],
    [{ lodestone: '{x' }, /-c lodestone: .*JSON/],
    [{ lodestone: '{"trottle":1}' }, /"trottle"/],
  ])('%j: said in words, with where to look, before anything is bundled', (context, words) => {
    expect(told(context)).toMatch(words);
    expect(told(context)).toContain('docs/deploy.md');
  });

  it('are none of those of each stage', () => {
    for (const stage of Object.keys(stages)) expect(told({ stage })).toBeUndefined();
  });
});
