import { parseArgs } from 'node:util';
import { benchColdStart } from './cold-start.ts';
import { benchEngine } from './engine.ts';

const parts: Readonly<Record<string, () => Promise<void> | void>> = {
  'cold-start': benchColdStart,
  engine: () => {
    benchEngine();
  },
};
for (const part of process.argv.slice(2)) await parts[part]?.();
void parseArgs;
