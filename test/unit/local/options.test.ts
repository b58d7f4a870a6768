import { describe, expect, it } from 'vitest';
import { parseOptions, usage } from '../../../infra/local/options.ts';

describe('the options of npm start', () => {
  it('keep the market in .lodestone on port 3000 unless told otherwise', () => {
    expect(parseOptions([])).toEqual({
      start: { port: 3000, data: '.lodestone', empty: false, json: false, webhookHosts: [] },
    });
    expect(parseOptions(['--port', '0', '--data', 'elsewhere', '--empty', '--json'])).toEqual({
      start: { port: 0, data: 'elsewhere', empty: true, json: true, webhookHosts: [] },
    });
    expect(
      parseOptions(['--webhook-host', 'Localhost:9000', '--webhook-host', '127.0.0.1:80']),
    ).toMatchObject({
      start: { webhookHosts: ['localhost:9000', '127.0.0.1:80'] },
    });
    expect(parseOptions(['--memory'])).toMatchObject({ start: { data: undefined } });
    expect(parseOptions(['--help', '--port', 'nonsense'])).toEqual({ help: true });
  });

  it.each([
    [['--prot', '3000']],
    [['extra']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port', '3000x']],
    [['--port']],
    [['--data', '']],
    [['--memory', '--data', 'x']],
    [['--webhook-host', 'localhost']],
    [['--webhook-host', 'http://localhost:9000']],
  ])('refuse %j and say why', (args) => {
    expect(parseOptions(args)).toEqual({ mistake: expect.stringMatching(/\w/) as string });
  });

  it('are all in the usage', () => {
    for (const option of [
      '--port',
      '--data',
      '--memory',
      '--empty',
      '--json',
      '--help',
      '--webhook-host',
      'DYNAMODB_ENDPOINT',
    ])
      expect(usage).toContain(option);
  });
});
