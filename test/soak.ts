import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { recoveries } from './support/soak/recoveries.ts';
import { soakProcesses } from './support/soak/soak.ts';

const help = `npm run soak -- [options] [part …]

  processes     real processes under mixed traffic, killed with SIGKILL at random moments, server and engine, each alone
                and both together: everything that was acknowledged must be there, once; \`npm run audit\` after each season
  properties    every property again and again on new examples, more often than \`npm test\` does; more workers race, and all
                hostile input is tried that can be made from the schemas of every operation

Both without a name, one after the other. Each stops at the first failure; what is printed then names the seed that
repeats it.

  --minutes N   of each part: begin no further round after so many minutes (default 30)
  --kills N     processes: go on until there were so many deaths (default 40) …
  --contracts N … and so many contracts (default 1000)
  --seed N      processes: who does what, and when which process dies (default: the time)
  --times N     properties: so many times the full number of examples in each round (default 1)
  --json        print what came of processes as one JSON object; progress goes to standard error
  --help        this text
`;

/** Outside the properties, but with more seeds, or more attempts, the more often they are tried. */
const races = [
  'test/integration/clearing/two-workers.test.ts',
  'test/integration/settlement/settlement.test.ts',
  'test/integration/api/hostile.test.ts',
];
const parts = { processes: soakTheProcesses, properties: soakTheProperties };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    kills: { type: 'string', default: '40' },
    contracts: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    times: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, times] = [Number(values.minutes), Number(values.times)];
const [kills, contracts, seed] = [Number(values.kills), Number(values.contracts), Number(values.seed)];
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));

if (values.help) process.stdout.write(help);
else if (
  !(minutes > 0 && times > 0 && kills >= 0 && contracts >= 0 && Number.isInteger(seed)) ||
  unknown.length > 0
) {
  process.stderr.write(`Numbers above 0, and the parts processes and properties.\n\n${help}`);
  process.exitCode = 2;
} else
  for (const [name, run] of Object.entries(parts))
    if (process.exitCode === undefined && (positionals.length === 0 || positionals.includes(name)))
      await run();

function stopwatch(): () => number {
  const begun = Date.now();
  return () => (Date.now() - begun) / 60_000;
}

async function soakTheProcesses(): Promise<void> {
  const spent = stopwatch();
  process.stderr.write(`processes: seed ${seed}\n`);
  const result = await soakProcesses({
    ...{ seed, killsPerSeason: 5, actors: 8, longestLife: 60 },
    seasons: (done) => spent() < minutes || done.kills < kills || done.contracts < contracts,
    progress: (text) => {
      process.stderr.write(`${spent().toFixed(1)} min  ${text}\n`);
    },
  });
  const measured = { seed, minutes: Number(spent().toFixed(1)), recoveries: recoveries(result.kills) };
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ...measured, ...result, kills: result.kills.length })}\n`);
  else
    process.stdout.write(
      [
        `${result.kills.length} kills (${result.killedWhileClearing} while a clearing was under way), ${result.contracts} contracts, ` +
          `${result.acknowledged} writes acknowledged, ${result.unanswered} requests not answered and sent again, ` +
          `${result.abandoned} given up, ${result.clearings} clearings, ${result.clearingsGivenUp} of them ended by deaths alone, ` +
          `${result.audits} audits.`,
        ...measured.recoveries.map(
          ({ target, count, p50, max }) =>
            `  ${target.padEnd(8)} ${count} deaths, back after ${p50} ms (median), ${max} ms at most`,
        ),
        ...result.findings.map((finding) => `✗ ${finding}`),
        result.findings.length === 0
          ? 'Nothing lost, nothing doubled.'
          : `${result.findings.length} findings; seed ${seed}.`,
        '',
      ].join('\n'),
    );
  if (result.findings.length > 0) process.exitCode = 1;
}

async function soakTheProperties(): Promise<void> {
  const spent = stopwatch();
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
