import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openApiText } from './openapi-text.ts';
import { outlinesText } from './routes/outlines-text.ts';

const usage = `Writes docs/openapi.json and functions/api/routes/outlines.ts from the route definitions.

  npm run openapi -- [options]

  --check  write nothing; end with status 1 if a file is not what the routes say
  --help   print this
`;

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  for (const { name, text } of [
    { name: 'docs/openapi.json', text: await openApiText() },
    { name: 'functions/api/routes/outlines.ts', text: await outlinesText() },
  ]) {
    const file = new URL(`../../${name}`, import.meta.url);
    const unchanged = (await readFile(file, 'utf8').catch(() => '')) === text;
    if (values.check !== true) await writeFile(file, text);
    else if (!unchanged) {
      process.stderr.write(`${name} is not what the routes say: run npm run openapi\n`);
      return 1;
    }
    process.stdout.write(`${name} ${unchanged ? 'is up to date' : 'written'}\n`);
  }
  return 0;
}

process.exitCode = await main();
