import { describe, expect, it } from 'vitest';
import { parseOptions, usage } from '../../../infra/local/options.ts';

describe('the options of npm start', () => {
  it('keep the market in .lodestone on port 3000 unless told otherwise', () => {
    expect(parseOptions([])).toEqual({
      start: { port: 3000, data: '.lodestone', empty: false, json: false },
    });
    expect(parseOptions(['--port', '0', '--data', 'elsewhere', '--empty', '--json'])).toEqual({
      start: { port: 0, data: 'elsewhere', empty: true, json: true },
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
  ])('refuse %j and say why', (args) => {
    expect(parseOptions(args)).toEqual({ mistake: expect.stringMatching(/\w/) as string });
  });

  it('are all in the usage', () => {
    for (const option of ['--port', '--data', '--memory', '--empty', '--json', '--help', 'DYNAMODB_ENDPOINT'])
      expect(usage).toContain(option);
  });
});
