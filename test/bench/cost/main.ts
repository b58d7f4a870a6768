import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { dollarsOf, priceTable, yearOf } from './dollars.ts';
import { atOnce, contractLoadsAt, fullAt, loadsAt, skewOf, worstMinute } from './partitions.ts';
import { costTable, replaceBetween } from './document.ts';
import { measureLimits } from './limits.ts';
import { measureUseCases } from './use-cases.ts';
import { noUnits, times } from './units.ts';

const usage = `What use cases consume of DynamoDB, as it says itself, and what a year costs.

  npm run cost -- [options]

  --write       put the table into docs/cost.md
  --json        one JSON object a line
  --partitions  how orders and contracts fall upon partitions, instead
  --limits      what it costs to count organisations' requests, instead
  --orders N    orders a month for that (10000000)
  --help        print this
`;

async function main(): Promise<number> {
  let values;
  try {
    const flag = { type: 'boolean' } as const;
    const options = {
      write: flag,
      json: flag,
      partitions: flag,
      limits: flag,
      orders: { type: 'string' },
      help: flag,
    } as const;
    ({ values } = parseArgs({ options }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const orders = Number(values.orders ?? 10_000_000);
  if (!Number.isSafeInteger(orders) || orders < 1) {
    process.stderr.write(`--orders takes a number of orders\n\n${usage}`);
    return 2;
  }
  if (values.help === true) process.stdout.write(usage);
  else if (values.partitions === true) printPartitions(orders);
  else if (values.limits === true)
    for (const cost of await measureLimits()) console.log(JSON.stringify(cost));
  else await printCosts(values.json === true, values.write === true);
  return 0;
}

function printPartitions(orders: number): void {
  const skew = skewOf(orders);
  const peak = worstMinute(orders);
  console.log(JSON.stringify({ name: 'the fullest shard over the mean', orders, value: skew }));
  for (const load of loadsAt(peak, skew))
    console.log(JSON.stringify({ ...load, ordersPerSecond: peak.orders, fullAt: fullAt(load, peak.orders) }));
  const applying = atOnce();
  for (const load of contractLoadsAt(applying, skew))
    console.log(
      JSON.stringify({
        ...{ ...load, contractsPerSecond: applying.contracts },
        fullAt: fullAt(load, applying.contracts),
      }),
    );
}

async function printCosts(isJson: boolean, writes: boolean): Promise<void> {
  const cases = await measureUseCases();
  const of = (name: string) => {
    const found = cases.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    return found.times === 0 ? noUnits : times(found.units, 1 / found.times);
  };
  const years = [10_000, 1_000_000, 100_000_000].map((orders) => ({
    orders,
    dollars: dollarsOf(yearOf(orders, of)),
  }));
  const table = costTable(cases, years, priceTable);
  if (isJson) for (const each of [...cases, ...years]) console.log(JSON.stringify(each));
  else process.stdout.write(table);
  if (!writes) return;
  const file = new URL('../../../docs/cost.md', import.meta.url);
  await writeFile(file, replaceBetween(await readFile(file, 'utf8'), table));
}

process.exitCode = await main();
