import type { priceTable } from './dollars.ts';
import type { UseCase } from './use-cases.ts';

const end = '<!-- end -->';
type Part = 'units' | 'measured';

/** A document with what lies between a part's markers replaced. Throws where it has none. */
export function replacePart(document: string, part: Part, text: string): string {
  const begin = `<!-- npm run cost -- --write: ${part} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < from) throw new Error(`the document has no markers of ${part}`);
  return `${document.slice(0, from + begin.length)}\n\n<!-- prettier-ignore-start -->\n\n${text}\n<!-- prettier-ignore-end -->\n\n${document.slice(to)}`;
}

export interface Year {
  readonly orders: number;
  readonly dollars: readonly (readonly [string, number])[];
}

/** The tables of the document: units of one of each use case, dollars a year at each scale. */
export function costTable(
  cases: readonly UseCase[],
  years: readonly Year[],
  prices: typeof priceTable,
): string {
  const mean = (value: number, count: number): string => String(toTenths(value / count));
  const rows = cases.map(({ name, times, calls, units }) =>
    [name, ...Object.values(units).map((each: number) => mean(each, times)), mean(calls, times)].join(' | '),
  );
  return [
    '| use case | read, table | read, indexes | write, table | write, indexes | calls |',
    '| --- | --: | --: | --: | --: | --: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    dollarTable(years, prices),
  ].join('\n');
}

/** As the document shows it, and so as the dollars take it: they can be computed anew from the document. */
export const toTenths = (value: number): number => Math.round(value * 10) / 10;

/** Dollars a year at each scale. */
export function dollarTable(
  years: readonly Year[],
  { region, asOf, prices, monthly }: typeof priceTable,
): string {
  const kinds = [...(years[0]?.dollars ?? [])].map(([kind]) => kind).toSorted();
  const money = (value: number): string => value.toFixed(2);
  const amount = ({ dollars }: Year, kind: string): number =>
    dollars.find(([name]) => name === kind)?.[1] ?? 0;
  const total = ({ dollars }: Year): number => dollars.reduce((sum, [, value]) => sum + value, 0);
  const known: Readonly<Record<string, { readonly verified: boolean } | undefined>> = {
    ...prices,
    ...monthly,
  };
  return [
    `Dollars a year, ${region}, prices of ${asOf} (* from memory of the published list, not verified):`,
    '',
    `| for | ${years.map(({ orders }) => `${orders.toLocaleString('en')} orders`).join(' | ')} |`,
    `| --- |${' --: |'.repeat(years.length)}`,
    ...kinds.map(
      (kind) =>
        `| ${kind}${known[kind]?.verified === false ? ' *' : ''} | ${years.map((year) => money(amount(year, kind))).join(' | ')} |`,
    ),
    `| all | ${years.map((year) => money(total(year))).join(' | ')} |`,
    `| per million orders | ${years.map((year) => money((total(year) / year.orders) * 1e6)).join(' | ')} |`,
    '',
  ].join('\n');
}
