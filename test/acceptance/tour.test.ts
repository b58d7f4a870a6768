import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { auditedMarket } from '../support/empty-market.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const steps = [...readme.matchAll(/```bash\n(.*?)```\n\n```\n(.*?)```/gs)].map(
  ([, commands = '', answer = '']) => ({
    commands,
    answer,
  }),
);
const separator = '~~~ next step ~~~';

const server = auditedMarket();

it("gives the README's own answers, word for word", async () => {
  expect(steps.length).toBeGreaterThanOrEqual(6);
  const script = steps.map(({ commands }) => `${commands}echo '${separator}'`).join('\n');
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-c', script.replace('http://localhost:3000', server.url)],
    {
      timeout: 60_000,
    },
  );
  const answers = stdout.split(`${separator}\n`).slice(0, -1);
  expect(answers).toEqual(steps.map(({ answer }) => answer));
  // As the README says of `npm run audit`.
  await server.expectClean();
});
