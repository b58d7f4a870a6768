import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { baselineFile, outlineOf, readBaseline, whatIsLost } from '../infra/aws/upgrade.ts';
import { exampleSettings, stacks } from './support/stacks.ts';

const usage = `Writes infra/aws/baseline.json: what this release must hand on to the next. Run it when a release is made, once its
tag stands; until then the file tells of the release before, and the tests compare with it.

  npm run baseline -- [options]

  --accept-loss  write it even though what is deployed would lose something by the change
  --help         print this
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { 'accept-loss': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const outline = outlineOf(stacks(exampleSettings).app.synth().stacks);
  const losses = whatIsLost(readBaseline(), outline);
  for (const loss of losses) process.stderr.write(`${loss}\n`);
  if (losses.length > 0 && values['accept-loss'] !== true) return 1;
  const sorted = Object.fromEntries(Object.entries(outline).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(baselineFile, `${JSON.stringify(sorted, null, 1)}\n`);
  process.stdout.write(`infra/aws/baseline.json: ${String(Object.keys(sorted).length)} resources\n`);
  return 0;
}

process.exitCode = await main();
