import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../infra/aws/settings.ts';
import { exampleSettings } from '../support/stacks.ts';

const read = (lodestone: unknown) => settingsOf(new App({ context: { lodestone } }).node);

describe('settings', () => {
  it('have a default for everything', () => {
    expect(settingsOf(new App().node)).toEqual({
      machineClients: [],
      throttle: { rate: 200, burst: 400 },
      organisationThrottle: { rate: 20, burst: 100 },
      corsOrigins: [],
      requestsPerAddress: 10_000,
      concurrentClearings: 10,
      clearingMemory: 10_240,
      clearingMinutes: 15,
    });
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
