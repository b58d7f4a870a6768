import type * as z from 'zod';
import type { quantitySchema } from '../../../shared/kernel/quantity.ts';
import type { CalendarDate } from '../../../shared/kernel/time.ts';
import { addDays } from '../../../shared/kernel/time.ts';
import type { declaredFlowsTermsSchema } from '../../../shared/reference/declared-flows.ts';
import type { productTermsSchema } from '../../../shared/reference/product.ts';
import type { disruptionImportSchema } from '../../../shared/risk/disruption.ts';
import type { accountTermsSchema } from '../../../shared/stockpiles/account.ts';
import type { loanTermsSchema } from '../../../shared/stockpiles/loan.ts';
import type { openingTermsSchema } from '../../../shared/stockpiles/stock-lot.ts';
import type { stockpileTermsSchema } from '../../../shared/stockpiles/stockpile.ts';
import { accounts, accountTerms, disruptions, flows, hydroxide, loans, stockpiles } from './data/reserves.ts';
import { one } from './data/common.ts';
import type { Derived, Known } from './figure.ts';
import { amountOf, chain, derive } from './figure.ts';
import { derivedPrice, priceOf } from './life.ts';
import { zoneId } from './partners.ts';
import type { SampleProduct } from './sample-product.ts';
import type { SampleAccount, SampleHolding, SampleLoan } from './sample-reserve.ts';
import { sources } from './sources.ts';

/** The reserves of the sample and what threatens them, ready for the wire. */
export interface SampleReserves {
  readonly watched: { readonly id: string; readonly terms: z.input<typeof productTermsSchema> };
  readonly flows: readonly { readonly product: string; readonly terms: FlowsJson }[];
  readonly stockpiles: readonly {
    readonly id: string;
    readonly operator: string;
    readonly terms: z.input<typeof stockpileTermsSchema>;
    readonly openings: readonly z.input<typeof openingTermsSchema>[];
  }[];
  readonly disruptions: z.input<typeof disruptionImportSchema>['disruptions'];
  /** What members have, and what they ask to be lent; `member` is the name, in the terms its id is to be put. */
  readonly accounts: readonly (Pick<SampleAccount, 'stockpile' | 'member' | 'product'> & {
    readonly terms: Omit<z.input<typeof accountTermsSchema>, 'member'>;
    readonly allocated: QuantityJson;
    readonly passedOn?: { readonly to: string; readonly quantity: QuantityJson };
  })[];
  readonly loans: readonly (Pick<SampleLoan, 'stockpile' | 'borrower' | 'product'> & {
    readonly need: {
      readonly annualUse: QuantityJson;
      readonly essential: boolean;
      readonly evidence: string;
    };
    readonly terms: z.input<typeof loanTermsSchema>;
  })[];
}
type QuantityJson = z.input<typeof quantitySchema>;
type FlowsJson = z.input<typeof declaredFlowsTermsSchema>;

/** Whole numbers of the zone's supply and use; nothing smaller is known. */
const rounded = (rule: string, unit: string, quantity: ReturnType<typeof chain>): Derived =>
  derive(rule, { unit, step: one, rounding: 'half-even' }, quantity);

/** What a year's use comes to in the product's unit. */
const annualUse = ({ use, conversion }: SampleHolding, { unit }: SampleProduct): Derived =>
  rounded('use × conversion', unit, chain(use, conversion));

export const reservesOf = (products: readonly SampleProduct[], today: CalendarDate): SampleReserves => ({
  watched: {
    id: hydroxide.id,
    terms: {
      ...{ name: hydroxide.name, mineral: hydroxide.mineral, stage: hydroxide.stage },
      ...{ unit: hydroxide.unit, currency: 'USD', hsCode: hydroxide.hsCode },
      lot: { amount: amountOf(hydroxide.lot), unit: hydroxide.unit },
      priceTick: { amount: amountOf(hydroxide.tick, 2), currency: 'USD', per: hydroxide.unit },
      containedFactor: amountOf(hydroxide.containedFactor),
    },
  },
  flows: flows.map(({ product, unit, year, source, origins }) => ({
    product,
    terms: {
      ...{ year: wholeOf(year), source },
      flows: origins.map(({ country, quantity, conversion }) => ({
        origin: country,
        quantity: { amount: amountOf(derivedFlow(quantity, conversion, unit)), unit },
      })),
    },
  })),
  stockpiles: stockpiles.map(({ id, operator, name, country, holdings }) => ({
    ...{ id, operator },
    terms: {
      ...{ name: `${name} (invented)`, purpose: 'emergency-buffer', zone: zoneId },
      products: holdings.map((holding) => ({
        product: holding.product,
        targetDays: wholeOf(holding.targetDays),
        basis: 'consumption',
        annualUse: {
          quantity: {
            amount: amountOf(annualUse(holding, known(products, holding))),
            unit: known(products, holding).unit,
          },
          year: wholeOf(holding.year),
          source: holding.use.kind === 'published' ? sources[holding.use.source].title : 'Assumed',
        },
      })),
    },
    openings: holdings.map((holding) => {
      const product = known(products, holding);
      return {
        product: product.id,
        quantity: { amount: amountOf(holding.stock), unit: product.unit },
        origin: holding.origin,
        location: { country, place: holding.place },
        inventoryPrice: priceOf(derivedPrice(product, one), product),
        receivedOn: addDays(today, -1),
        evidence: 'Invented: a warehouse warrant',
      };
    }),
  })),
  accounts: accountsOf(products, today),
  loans: loansOf(products),
  disruptions: disruptions.map(({ source, quota, origins, minerals, stages, destinations, ...rest }) => ({
    ...rest,
    ...{ source: sources[source].title, origins: [...origins], minerals: [...minerals] },
    ...(stages === undefined ? {} : { stages: [...stages] }),
    ...(destinations === undefined ? {} : { destinations: [...destinations] }),
    ...(quota === undefined
      ? {}
      : {
          quota: {
            allowed: { amount: amountOf(quota.allowed), unit: quota.unit },
            of: { amount: amountOf(quota.of), unit: quota.unit },
          },
        }),
  })),
});

const derivedFlow = (quantity: Known, conversion: ReturnType<typeof chain>, unit: string): Derived =>
  rounded('quantity × conversion', unit, chain(quantity, conversion));

const inUnitOf = (figure: Known, { unit }: SampleProduct): QuantityJson => ({
  amount: amountOf(figure),
  unit,
});

const accountsOf = (products: readonly SampleProduct[], today: CalendarDate): SampleReserves['accounts'] =>
  accounts.map(({ stockpile, member, product: id, committed, allocated, passedOn }) => {
    const product = known(products, { product: id });
    return {
      ...{ stockpile, member, product: id },
      terms: {
        ...{ product: id, committed: inUnitOf(committed, product), dayCount: accountTerms.dayCount },
        inventoryPrice: priceOf(derivedPrice(product, one), product),
        entryFee: { amount: amountOf(accountTerms.entryFee, 2), currency: 'USD' },
        interestRate: amountOf(accountTerms.interestRate),
        storageRate: amountOf(accountTerms.storageRate),
        term: addDays(today, wholeOf(accountTerms.days)),
        replenishDays: wholeOf(accountTerms.replenishDays),
      },
      allocated: inUnitOf(allocated, product),
      ...(passedOn === undefined
        ? {}
        : { passedOn: { to: passedOn.to, quantity: inUnitOf(passedOn.quantity, product) } }),
    };
  });

const loansOf = (products: readonly SampleProduct[]): SampleReserves['loans'] =>
  loans.map(({ stockpile, borrower, product: id, use, conversion, quantity, purpose }) => {
    const product = known(products, { product: id });
    const annual = rounded('use × conversion', product.unit, chain(use, conversion));
    return {
      ...{ stockpile, borrower, product: id },
      need: {
        annualUse: inUnitOf(annual, product),
        essential: false,
        evidence: 'Invented: audited accounts',
      },
      terms: { product: id, quantity: inUnitOf(quantity, product), purpose },
    };
  });

const wholeOf = (figure: Known): number => Number(amountOf(figure));

function known(
  products: readonly SampleProduct[],
  { product: id }: Pick<SampleHolding, 'product'>,
): SampleProduct {
  const product = products.find((each) => each.id === id);
  if (product === undefined) throw new Error(`No product ${id} in the sample`);
  return product;
}
