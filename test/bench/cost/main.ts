import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { dollarsOf, priceTable, yearOf } from './dollars.ts';
import { atOnce, contractLoadsAt, fullAt, loadsAt, skewOf, worstMinute } from './partitions.ts';
import { costTable, replacePart, toTenths } from './document.ts';
import { measureLimits } from './limits.ts';
import { measure, readMeasured, writeMeasured } from './measured.ts';
import { measuredTables } from './measured-tables.ts';
import { scales } from './scales.ts';
import { measureUseCases } from './use-cases.ts';
import { mapUnits, noUnits } from './units.ts';

const usage = `What use cases consume of DynamoDB, as it says itself, and what a year costs.

  npm run cost -- [options]

  --write       put the tables into docs/cost.md
  --measure     before that, measure milliseconds, memory and storage anew on the bundled functions, into
                test/bench/cost/measured.json: some minutes
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
      measure: flag,
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
  else {
    if (values.measure === true) writeMeasured(await measure());
    await printCosts(values.json === true, values.write === true);
  }
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
    return found.times === 0 ? noUnits : mapUnits(found.units, (all) => toTenths(all / found.times));
  };
  const measured = readMeasured();
  const years = scales.map((orders) => ({ orders, dollars: dollarsOf(yearOf(orders, of, measured)) }));
  const table = costTable(cases, years, priceTable);
  const tables = measuredTables(measured);
  if (isJson) for (const each of [...cases, ...years]) console.log(JSON.stringify(each));
  else process.stdout.write(`${table}\n${tables}`);
  if (!writes) return;
  const file = new URL('../../../docs/cost.md', import.meta.url);
  const document = replacePart(await readFile(file, 'utf8'), 'units', table);
  await writeFile(file, replacePart(document, 'measured', tables));
}

process.exitCode = await main();
