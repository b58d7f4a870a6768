import { benchCapacity } from './capacity.ts';
import { benchColdStart } from './cold-start.ts';
import { benchConditions } from './conditions.ts';
import { benchContracts } from './contracts.ts';
import { benchBook } from './clear-book.ts';
import { benchEngine, benchGrowth, benchPlain } from './engine.ts';
import { benchExplanations } from './explanations.ts';
import { benchLoad } from './load/load.ts';
import { benchMechanisms } from './mechanisms.ts';
import { benchOrders } from './orders.ts';
import { benchPairing } from './pairing.ts';
import { progress } from './report.ts';
import { benchZoneCaps } from './zone-caps.ts';

/** The parts of the bench, in the order in which they run. */
const parts: Readonly<
  Record<
    string,
    {
      readonly about: string;
      readonly run: (minutes: number) => Promise<void> | void;
      /** Only when it is named: it takes minutes and the whole machine. */
      readonly onlyByName?: boolean;
    }
  >
> = {
  engine: {
    about: "the clearing engine against HiGHS's methods, at 100, 300 and 1000 orders a side",
    run: () => benchEngine(),
  },
  explanations: {
    about: 'explaining every order against the clearing itself, at 100, 300 and 1000 orders a side',
    run: () => {
      benchExplanations();
    },
  },
  pairing: { about: 'contracts per order and pairs kept through the quarters', run: benchPairing },
  'zone-caps': {
    about: "gains and time under zones' caps on single origins against none, at 1000 orders a side",
    run: () => {
      benchZoneCaps();
    },
  },
  mechanisms: {
    about: 'gains against a price–time book and against greedy matching',
    run: benchMechanisms,
  },
  conditions: {
    about: 'conditions of orders: share of the exact optimum on small markets, time on larger books',
    run: () => benchConditions(),
  },
  plain: {
    about: 'the engine against a plain network simplex, at 1000 and 10 000 orders a side',
    run: () => benchPlain(),
  },
  growth: { about: 'time and memory from ten thousand to ten million eligible pairs', run: benchGrowth },
  book: {
    about: 'ten thousand to a million orders of a few thousand kinds, decided in the memory of one Lambda',
    run: () => benchBook(),
  },
  'cold-start': {
    about: 'the bundled API in a fresh process against an empty handler; sizes of the bundles',
    run: benchColdStart,
  },
  orders: { about: 'orders posted per second against raw puts', run: benchOrders },
  contracts: { about: 'contracts recorded per second against raw transactions', run: benchContracts },
  capacity: { about: 'write and read units of orders, contracts and a clearing', run: benchCapacity },
  load: {
    about: 'mixed traffic on one machine, held for --minutes (default 3), then twice that; only by name',
    run: benchLoad,
    onlyByName: true,
  },
};

const usage = `Measures Lodestone against its peers, in one run on one machine.

  npm run bench -- [--json] [--minutes N] [part …]

${Object.entries(parts)
  .map(([name, { about }]) => `  ${name.padEnd(14)}${about}`)
  .join('\n')}

Every part without a name. Prints one JSON object a line, {name, value, unit, versus, ratio}, where ratio says how many
times better than its peer a figure is; progress goes to standard error. --json asks for what is printed anyway. A wrong
result ends the run with status 1, an unknown part with status 2.
`;

async function main(words: readonly string[]): Promise<number> {
  const given = words.indexOf('--minutes');
  const minutes = given === -1 ? 3 : Number(words[given + 1]);
  const names = words.filter(
    (word, index) => word !== '--json' && (given === -1 || (index !== given && index !== given + 1)),
  );
  if (names.includes('--help') || names.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  if (!(minutes > 0)) {
    process.stderr.write(`--minutes is a number above 0.\n\n${usage}`);
    return 2;
  }
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}.\n\n${usage}`);
    return 2;
  }
  for (const [name, { run, onlyByName = false }] of Object.entries(parts)) {
    if (names.length > 0 ? !names.includes(name) : onlyByName) continue;
    const begun = performance.now();
    await run(minutes);
    progress(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
