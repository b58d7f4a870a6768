import { readFile, writeFile } from 'node:fs/promises';
import { openApiText } from './openapi-text.ts';

/** `npm run openapi`: writes docs/openapi.json from the routes. With `--check`, only says whether it would change. */
const file = new URL('../../docs/openapi.json', import.meta.url);
const text = await openApiText();
if (process.argv.includes('--check')) {
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present !== text) {
    process.stderr.write('docs/openapi.json is not what the routes say: run npm run openapi\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}
