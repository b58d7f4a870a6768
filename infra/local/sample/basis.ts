import { outputs } from './data/outputs.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { tenTo } from '../../../shared/kernel/decimal.ts';
import type { Chain, Figure, Known } from './figure.ts';
import { amountOf, chain, derive, isKnown, sourcesOf } from './figure.ts';
import { grouped, percent } from './format.ts';
import type { SampleProduct } from './sample-product.ts';
import { disruptions, flows, hydroxide, stockpiles } from './data/reserves.ts';
import { sampleProducts } from './market.ts';
import { zoneId } from './partners.ts';
import { sources } from './sources.ts';

/** In a line each: what a product's orders were made of, so that nobody takes the sample for a quotation. */
export function basisOf(product: SampleProduct): string[] {
  const share = percent(product.marketShare.value, { units: 1n, scale: 0 }).replace('.0', '');
  const silent = product.origins.filter(({ output }) => !isKnown(output)).map(({ country }) => country);
  const rest = restOfWorld(product);
  return [
    [
      `Supply: ${share} (assumed) of output by country (${cited(product.origins.map(({ output }) => output))})`,
      rest === undefined ? '' : `; ${rest} of it has no country in the sample`,
      silent.length === 0 ? '' : `; ${silent.join(', ')} publish none, so nothing is offered from there`,
      '.',
    ].join(''),
    `Asks: ${referencesOf(product).join('; ')}; × ${spread(product.origins.map(({ ask }) => ask.ratio))} by country (assumed).`,
    `Demand: ${share} (assumed) of ${demandOf(product)}, in assumed parts; limits × ${spread(
      product.buyers.map(({ limitRatio }) => limitRatio),
    )} (assumed)${product.limitReference === undefined ? '' : ` of ${limitReferenceOf(product.limitReference)}`}.`,
    ...inventedIn(product),
    ...product.unknown.map(({ what, figure }) => `Not known: ${what} (${sayUnknown(figure)}).`),
    ...product.notes,
  ];
}

/** The same of the reserves, and of what threatens them. */
export function basisOfReserves(): string[] {
  const holdings = stockpiles.flatMap((stockpile) => stockpile.holdings);
  const uses = holdings.map(
    ({ product, use }) => `${product} ${grouped(use.value)} ${use.unit} (${cited([use])})`,
  );
  const targets = holdings.map(({ targetDays }) => targetDays);
  const minerals = new Set(
    flows.map(({ product }) => [hydroxide, ...sampleProducts].find(({ id }) => id === product)?.mineral),
  );
  return [
    `Cover: yearly use ${uses.join(', ')}; targets after ${cited(targets)}. What is held is assumed, and so is what members have of it.`,
    `Disruptions, by their own dates: ${disruptions.map(({ source }) => sources[source].short).join('; ')}.`,
    `Sources of supply besides contracts (${cited(
      flows.flatMap(({ origins }) => origins.map(({ quantity }) => quantity)),
    )}): of ${flows.map(({ product }) => product).join(' and ')}.`,
    `Made inside: output of a year as capacity (${cited(
      outputs.map(({ output }) => output),
    )}), against what those flows come to and the benchmarks of Regulation (EU) 2024/1252. What the zone uses of ${[
      ...new Set(outputs.map(({ mineral }) => mineral)),
    ]
      .filter((mineral) => !minerals.has(mineral))
      .join(', ')} is not at hand: GET /v1/zones/${zoneId}/capacity/copper has what is made.`,
    'Severity = weight of the kind × share of the source × (1 − cover ÷ target); levels from 0.15, 0.35, 0.60.',
  ];
}

/** What of it is no order, and rests on no source. */
function inventedIn({ series, programme, standardTerms, firstDelivery }: SampleProduct): string[] {
  const invented = [
    ...(series === undefined
      ? []
      : [`deals × ${spread(series.deals.map(({ ratio }) => ratio))} of that price`]),
    ...(programme === undefined ? [] : ['the programme']),
    ...(standardTerms === undefined ? [] : ['the standard terms']),
    ...(firstDelivery === undefined ? [] : ['the delivery']),
  ];
  return invented.length === 0 ? [] : [`Invented: ${invented.join(', ')} (assumed).`];
}

const cited = (figures: readonly Figure[]): string =>
  [...new Set(figures.flatMap(sourcesOf))].map((id) => sources[id].short).join(', ');

function restOfWorld({ world, origins }: SampleProduct): string | undefined {
  const outputs = origins.flatMap(({ output }) => (isKnown(output) ? [output.value] : []));
  const scale = Math.max(world.value.scale, ...outputs.map((output) => output.scale));
  const at = ({ units, scale: own }: Decimal) => units * tenTo(scale - own);
  const rest = outputs.reduce((left, output) => left - at(output), at(world.value));
  return rest <= 0n ? undefined : `${grouped({ units: rest, scale })} ${world.unit}`;
}

/** The product's reference price and those of single countries, as they come out in its own unit. */
function referencesOf(product: SampleProduct): string[] {
  const inUnit = (reference: Chain, prefix: string) => {
    const price = derive(
      'reference price',
      { unit: `USD/${product.unit}`, step: product.tick, rounding: 'up' },
      chain(reference),
    );
    const figures = [...reference.times, ...(reference.over ?? [])];
    const dated = figures.find((figure) => figure.kind === 'published');
    return `${prefix}${grouped(price.value)} ${price.unit} (${cited(figures)}${
      dated === undefined || sources[dated.source].short.includes(dated.of.slice(0, 3)) ? '' : `, ${dated.of}`
    })`;
  };
  return [
    inUnit(product.reference, ''),
    ...product.origins.flatMap(({ country, ask }) =>
      ask.reference === undefined ? [] : [inUnit(ask.reference, `${country} `)],
    ),
  ];
}

const limitReferenceOf = (reference: Chain): string =>
  reference.times
    .map((figure) => `${grouped(figure.value, 2)} ${figure.unit} (${cited([figure])})`)
    .join(' × ');

const demandOf = ({ buyers }: SampleProduct): string =>
  [
    ...new Set(
      buyers.flatMap(({ consumption }) =>
        consumption.kind === 'published'
          ? [
              `${consumption.note ?? 'consumption'} ${grouped(consumption.value)} ${consumption.unit} (${
                sources[consumption.source].short
              })`,
            ]
          : [],
      ),
    ),
  ].join(', ');

function spread(ratios: readonly Known[]): string {
  const amounts = ratios.map((ratio) => amountOf(ratio, 2)).sort((a, b) => Number(a) - Number(b));
  const [low] = amounts;
  const high = amounts.at(-1);
  return low === high ? (low ?? '') : `${low ?? ''} … ${high ?? ''}`;
}

function sayUnknown(figure: Figure): string {
  switch (figure.kind) {
    case 'withheld':
      return `withheld, ${sources[figure.source].short}`;
    case 'at least':
      return `published only as a lower bound, ${sources[figure.source].short}`;
    case 'unpublished':
      return figure.why;
    default:
      throw new Error('a known figure is not unknown');
  }
}
