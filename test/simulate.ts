import { parseArgs } from 'node:util';
import type { CrashAt } from './support/simulation/faulty-calls.ts';
import { historyNames, lived, type HistoryName } from './support/simulation/histories.ts';

const help = `npm run simulate -- [options]

Lives through simulated histories of the whole marketplace: clients, workers, a store, a queue, a stream and a network that
fail, clocks that disagree. Each must pass the audit, and come to what it comes to without faults where nothing depends on
who is first. Without a seed, fresh ones until the time is up; stops at the first that fails, and prints how to repeat it.

  --minutes N       begin no further history after so many minutes (default 1)
  --history NAME    only of this kind: ${historyNames.join(', ')}
  --seed N          just the history of this seed
  --crash WHEN:N    no faults but one: a process ends before, or after, write N of all
  --help            this text
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    history: { type: 'string' },
    seed: { type: 'string' },
    crash: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const isName = (name: string): name is HistoryName => (historyNames as readonly string[]).includes(name);
const [minutes, seed] = [Number(values.minutes), values.seed === undefined ? undefined : Number(values.seed)];
const crash = /^(before|after):(\d+)$/.exec(values.crash ?? '');
const isWrong =
  (values.history !== undefined && !isName(values.history)) ||
  (values.crash !== undefined && (crash === null || seed === undefined || values.history === undefined)) ||
  !(minutes > 0 && (seed === undefined || Number.isSafeInteger(seed)));

if (values.help) process.stdout.write(help);
else if (isWrong) {
  process.stderr.write(help);
  process.exitCode = 2;
} else await simulate();

async function simulate(): Promise<void> {
  const names = historyNames.filter((name) => values.history === undefined || name === values.history);
  const crashAt: CrashAt | undefined =
    crash === null ? undefined : { when: crash[1] as CrashAt['when'], write: Number(crash[2]) };
  const begun = Date.now();
  let count = 0;
  try {
    do
      for (const name of names) {
        const one = seed ?? Math.floor(Math.random() * 2 ** 31);
        await lived(name, { seed: one, ...(crashAt === undefined ? {} : { crashAt }) });
        count += 1;
      }
    while (seed === undefined && Date.now() - begun < minutes * 60_000);
    process.stdout.write(`${count} ${count === 1 ? 'history' : 'histories'}, nothing lost\n`);
  } catch (error) {
    const { message, cause } = error as Error;
    process.stderr.write(
      `after ${count} histories: ${(cause as Error).stack ?? ''}\n\nrepeat it: ${message}\n`,
    );
    process.exitCode = 1;
  }
}
