import { assumed, billedMilliseconds, functionOf, keptPerOrder, priceTable } from './dollars.ts';
import { scales } from './scales.ts';
import type { Measured } from './measured.ts';

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, ['---', ...head.slice(1).map(() => '--:')], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** What the functions took, what they left and how that grows, as the document shows it. */
export function measuredTables(measured: Measured): string {
  const { measuredOn, machine, histories } = measured;
  const [market, larger] = histories;
  const calls = Object.entries(market.figures).map(([useCase, figures]) => {
    const { megabytes } = functionOf(useCase);
    const { processor, calls: all, inTurn } = figures;
    const billed = whole(billedMilliseconds(figures, megabytes));
    return [useCase, megabytes, processor.toFixed(1), `${whole(all)}, ${whole(inTurn)}`, billed];
  });
  const memory = Object.entries(market.memory).map(([name, peak]) => {
    const { megabytes } = functionOf(name);
    return [
      name,
      whole(megabytes),
      whole(peak),
      whole(larger.memory[name as keyof typeof larger.memory] ?? 0),
    ];
  });
  const stored = Object.entries(market.stored).map(([what, { kept, expiring }]) => [
    what,
    whole(kept),
    whole(expiring),
  ]);
  const kept = keptPerOrder(measured);
  const { tableGigabyteMonths, objectGigabyteMonths } = priceTable.prices;
  const growth = scales.map((orders) => {
    const [inTable, inObjects] = [(orders * kept.table) / 1e9, (orders * kept.documents) / 1e9];
    const monthly =
      (inTable * tableGigabyteMonths.perMillion + inObjects * objectGigabyteMonths.perMillion) / 1e6;
    const after = [1, 5, 10].map((years) => (years * monthly).toFixed(2));
    return [orders.toLocaleString('en'), inTable.toFixed(1), inObjects.toFixed(1), ...after];
  });
  return [
    `Measured on ${measuredOn} (${machine}), in a market of ${market.orders} orders and ${market.contracts} contracts; waits of ${assumed.waitMilliseconds} ms assumed:`,
    '',
    table(['call', 'MiB', 'processor, ms', 'calls, in turn', 'billed, ms'], calls),
    '',
    `Memory at most, in MiB, in that market and in one of ${larger.orders} orders and ${larger.contracts} contracts:`,
    '',
    table(['function', 'given', 'taken', 'taken in the larger'], memory),
    '',
    'Bytes billed in the table, with index entries and 100 bytes for each of both:',
    '',
    table(['one more', 'kept', 'expiring'], stored),
    '',
    `A clearing's documents in the bucket: ${whole(market.documents)} bytes an order. An order with its contract, four deliveries and four settled quarters: ${whole(kept.table)} bytes in the table. So a year adds, and the bill for storage grows:`,
    '',
    table(
      [
        ...['orders a year', 'GB, table', 'GB, bucket'],
        ...['dollars a month after 1 year', 'after 5', 'after 10'],
      ],
      growth,
    ),
    '',
  ].join('\n');
}
