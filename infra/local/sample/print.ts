import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, tenTo } from '../../../shared/kernel/decimal.ts';
import { basisOf } from './basis.ts';
import type { Range } from './exact.ts';
import { widthOf } from './exact.ts';
import { columns, fitted, grouped, percent, quarterSpan, table, wrapped } from './format.ts';
import { lifeTexts } from './print-life.ts';
import type { MarketResult, UnfilledOrder } from './result.ts';
import type { SampleFloor, SampleProduct } from './sample-product.ts';

const shownContracts = 12;
const labelWidth = 16;

/** One product's result as text. `name` gives an organisation's name for its id. */
export function printMarket(
  result: MarketResult,
  product: SampleProduct | undefined,
  name: (organisation: string) => string,
): string {
  const { unit, currency } = result.product;
  const head = `── ${result.product.name} `;
  const tail = ` ${currency} per ${unit} ──`;
  const digits = pricesHaveCents(result) ? 2 : 0;
  return [
    head + '─'.repeat(Math.max(3, columns - head.length - tail.length)) + tail,
    ...labelled('floor', floorText(result, product?.floor, digits)),
    ...labelled('volume', volumeText(result)),
    ...labelled('paid to sellers', rangeText(result.paid, digits)),
    ...labelled('landed', rangeText(result.landed, digits)),
    ...labelled('price interval', intervalText(result, digits)),
    ...labelled('levy', result.levy.units === 0n ? 'none' : `${grouped(result.levy, 2)} ${currency}`),
    ...labelled('origins', originText(result)),
    ...labelled('optimal', proofText(result)),
    ...lifeTexts(result.life, result.product, digits).flatMap(([label, text]) => labelled(label, text)),
    '',
    ...contractTable(result, digits, name),
    '',
    ...unfilledLines(result.unfilled, unit, name),
    ...(product === undefined
      ? []
      : basisOf(product).flatMap((line) =>
          wrapped(line, 4).map((part, at) => (at === 0 ? `  · ${part}` : `    ${part}`)),
        )),
  ].join('\n');
}

const labelled = (label: string, text: string): string[] =>
  wrapped(text, 2 + labelWidth).map((line, at) => `  ${(at === 0 ? label : '').padEnd(labelWidth)}${line}`);

const floorText = (
  { floors, product }: MarketResult,
  asSet: SampleFloor | undefined,
  digits: number,
): string =>
  floors.length === 0
    ? 'none'
    : floors
        .map(
          ({ price, zone, borderAdjusted }) =>
            `${grouped(parse(price), digits)} into "${zone}"${borderAdjusted ? ', imports below it pay a levy' : ''}` +
            (asSet === undefined || asSet.per === product.unit
              ? ''
              : ` (set as ${grouped(asSet.price.value, 2)} ${product.currency}/${asSet.per}, rounded up)`),
        )
        .join('; ');

/** How far the market itself leaves a price open; what is paid is midway. */
function intervalText({ widestInterval, landed }: MarketResult, digits: number): string {
  if (widestInterval === undefined || landed === undefined) return '–';
  return widthOf(widestInterval).units === 0n
    ? 'a point in every quarter: no other landed prices clear the same trades'
    : `widest in ${widestInterval.quarter}: ${rangeText(widestInterval, digits)} would clear the same trades`;
}

const parse = (text: string): Decimal => {
  const [whole = '0', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
};

const volumeText = ({ volume, product, quarters, contracts }: MarketResult): string =>
  contracts.length === 0
    ? 'nothing cleared'
    : `${grouped(volume)} ${product.unit} over ${quarters.length} quarters in ${contracts.length} contracts`;

const rangeText = (range: Range | undefined, digits: number): string =>
  range === undefined
    ? '–'
    : compareDecimal(range.low, range.high) === 0
      ? grouped(range.low, digits)
      : `${grouped(range.low, digits)} to ${grouped(range.high, digits)}`;

const originText = ({ origins, volume }: MarketResult): string =>
  origins.length === 0
    ? '–'
    : origins.map(({ country, quantity }) => `${country} ${percent(quantity, volume)}`).join(' · ');

const proofText = ({ clearing }: MarketResult): string =>
  clearing === undefined
    ? 'not cleared yet'
    : `${clearing.proven ? 'proven: primal = dual in every quarter' : 'not proven'}; clearing ${clearing.id}`;

/** The largest contracts; names are cut no further than the terminal makes it necessary. */
function contractTable(result: MarketResult, digits: number, name: (id: string) => string): string[] {
  const { contracts, product } = result;
  if (contracts.length === 0) return [];
  const withNames = (width: number): string[] => {
    const rows = contracts
      .slice(0, shownContracts)
      .map((line) => [
        fitted(name(line.seller), width).trimEnd(),
        line.origin,
        fitted(name(line.buyer), width).trimEnd(),
        line.destination,
        quarterSpan(...line.quarters),
        grouped(line.quantity),
        averaged(line.price, digits),
        averaged(line.landed, digits),
        line.levy.units === 0n ? '–' : averaged(line.levy, digits),
      ]);
    const heading = ['seller', '', 'buyer', '', 'quarters', product.unit, 'price', 'landed', 'levy'];
    return table([heading, ...rows], [5, 6, 7, 8]).map((line) => `  ${line}`);
  };
  const widths = Array.from({ length: 20 }, (_, less) => 30 - less);
  const lines =
    widths.map(withNames).find((rows) => rows.every((row) => row.length <= columns)) ?? withNames(10);
  const more = contracts.length - shownContracts;
  return more > 0
    ? [...lines, `  … and ${more} smaller ones: GET /v1/contracts?product=${product.id}`]
    : lines;
}

/** An average with no more digits than the market's prices, rounded down. */
const averaged = (value: Decimal, digits: number): string =>
  grouped(
    { units: value.units / tenTo(Math.max(0, value.scale - digits)), scale: Math.min(value.scale, digits) },
    digits,
  );

/** Who got less than asked, grouped by the reasons. */
function unfilledLines(
  orders: readonly UnfilledOrder[],
  unit: string,
  name: (id: string) => string,
): string[] {
  const bySide = (side: UnfilledOrder['side'], label: string) => {
    const texts = orders
      .filter((order) => order.side === side)
      .map(
        ({ organisation, country, awarded, requested, codes }) =>
          `${name(organisation)} (${country}) ${
            awarded.units === 0n ? 'nothing' : `${grouped(awarded)} of ${grouped(requested)} ${unit}`
          }: ${codes.join(', ') || 'no reason given'}`,
      );
    return texts.flatMap((text, at) => labelled(at === 0 ? label : '', text));
  };
  const lines = [...bySide('offer', 'left unsold'), ...bySide('bid', 'left unserved')];
  return lines.length === 0 ? [] : [...lines, ''];
}

const pricesHaveCents = ({ paid, landed, floors }: MarketResult): boolean =>
  [paid?.low, paid?.high, landed?.low, landed?.high, ...floors.map(({ price }) => parse(price))].some(
    (price) => price !== undefined && price.scale > 0 && price.units % tenTo(price.scale) !== 0n,
  );

/** The same in a line. */
export function printMarketInBrief(result: MarketResult): string {
  const digits = pricesHaveCents(result) ? 2 : 0;
  const { unit, currency, id } = result.product;
  return `  ${id.padEnd(18)}${
    result.contracts.length === 0
      ? 'nothing contracted yet'
      : `${result.contracts.length} contracts, ${grouped(result.volume)} ${unit}, landed ${rangeText(result.landed, digits)} ${currency}/${unit}`
  }`;
}
