import { grouped } from './format.ts';
import type { MarketLife } from './result-life.ts';
import type { MarketResult } from './result.ts';

/** What goes beyond a clearing, a labelled line each. */
export function lifeTexts(
  { references, programmes, delivered }: MarketLife,
  { unit, currency }: MarketResult['product'],
  digits: number,
): [label: string, text: string][] {
  return [
    ...references.map(({ series, price, firms, contracts }): [string, string] => [
      'reference',
      price === undefined
        ? `"${series}" is held: too few firms, or too old`
        : `${grouped(price, digits)} in "${series}", from deals of ${firms} firms${indexed(contracts)}`,
    ]),
    ...programmes.map(({ name, budget, used, quantity }): [string, string] => [
      'support',
      `"${name}": ${grouped(quantity)} ${unit} beyond what their buyers can pay, for ${grouped(used, 2)} ` +
        `of ${grouped(budget, 2)} ${currency}`,
    ]),
    ...(delivered === undefined
      ? []
      : [
          [
            'delivered',
            `${grouped(delivered.quantity)} ${unit} accepted; ${grouped(delivered.paid, 2)} ${currency} paid for it so far`,
          ] satisfies [string, string],
        ]),
  ];
}

const indexed = (contracts: number): string =>
  contracts === 0 ? '' : `; ${contracts} ${contracts === 1 ? 'contract is' : 'contracts are'} indexed to it`;
