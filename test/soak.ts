import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const help = `npm run soak -- [options]

Tries every property again and again on new examples, more often than \`npm test\` does, races more workers, and tries
all hostile input that can be made from the schemas of every operation.
Stops at the first that fails; what is printed then names the seed that repeats it.

  --minutes N   begin no further round after so many minutes (default 30)
  --times N     so many times the full number of examples in each round (default 1)
  --help        this text
`;

/** Outside the properties, but with more seeds, or more attempts, the more often they are tried. */
const races = [
  'test/integration/clearing/two-workers.test.ts',
  'test/integration/settlement/settlement.test.ts',
  'test/integration/api/hostile.test.ts',
];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    times: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, times] = [Number(values.minutes), Number(values.times)];

if (values.help) process.stdout.write(help);
else if (!(minutes > 0 && times > 0)) {
  process.stderr.write(`--minutes and --times are numbers above 0.\n\n${help}`);
  process.exitCode = 2;
} else await soak();

async function soak(): Promise<void> {
  const begun = Date.now();
  const spent = (): number => (Date.now() - begun) / 60_000;
  for (let round = 1; round === 1 || spent() < minutes; round += 1) {
    process.stderr.write(`round ${round}, ${spent().toFixed(1)} of ${minutes} minutes\n`);
    const tests = spawn('npx', ['vitest', 'run', '--reporter', 'dot', 'test/property/', ...races], {
      env: { ...process.env, PROPERTY_RUNS: String(times) },
      stdio: 'inherit',
    });
    const [code] = (await once(tests, 'exit')) as [number | null];
    if (code === 0) continue;
    process.stderr.write(`round ${round} failed after ${spent().toFixed(1)} minutes\n`);
    process.exitCode = 1;
    return;
  }
}
