import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

// `npm start`. What it runs is compiled once: a restart reads it from here, and is back in half of the time.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'));
const { run } = await import('./run.ts');
// A kill -9 leaves no time for it later.
await run(flushCompileCache);
// Whatever was given up on, such as a retry of a clearing that the stop cut off, does not hold the end up.
process.exit();
