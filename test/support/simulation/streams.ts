import { sha256 } from '../../../shared/kernel/digest.ts';
import { historyNames, lived } from './histories.ts';

/** Lives each kind of history under a seed, and prints a digest of all that it wrote. */
const [, , seed] = process.argv;
for (const name of historyNames) {
  const { engine } = await lived(name, { seed: Number(seed) });
  process.stdout.write(`${name} ${sha256(JSON.stringify(engine.stream))}\n`);
}
