import * as z from 'zod';
import { decimalCodec, type Decimal } from '../../../shared/kernel/decimal.ts';
import type { Participant } from './client.ts';
import { sum } from './exact.ts';
import type { ContractView } from './views.ts';

/** What goes beyond a clearing: the reference prices of a product, what programmes support, what was delivered and paid. */
export interface MarketLife {
  readonly references: readonly {
    readonly series: string;
    /** Of the day; none where it is held. */
    readonly price: Decimal | undefined;
    readonly firms: number;
    readonly contracts: number;
  }[];
  readonly programmes: readonly {
    readonly name: string;
    readonly budget: Decimal;
    readonly used: Decimal;
    readonly quantity: Decimal;
  }[];
  /** As settled so far, provisionally or in full. */
  readonly delivered: { readonly quantity: Decimal; readonly paid: Decimal } | undefined;
}

const amount = z.object({ amount: decimalCodec });
const named = z.array(z.object({ id: z.string(), name: z.string(), product: z.string() }));
const fixings = z.object({
  now: z.union([
    z.object({ status: z.literal('available'), fixing: z.object({ price: amount, firms: z.int() }) }),
    z.object({ status: z.literal('held') }),
  ]),
});
const budgets = z.object({ budget: amount, paid: amount, reserved: amount });
const settlements = z.array(
  z.union([
    z.object({
      kind: z.enum(['provisional', 'delivery']),
      ...{ contract: z.string(), quarter: z.string(), quantity: amount, goods: amount },
    }),
    z.object({ kind: z.literal('year') }),
  ]),
);

export async function marketLife(
  auditor: Participant,
  product: string,
  contracts: readonly ContractView[],
): Promise<MarketLife> {
  const series = named.parse(await auditor.list('/v1/reference-prices'));
  const programmes = named.parse(await auditor.list(`/v1/programmes?product=${product}&status=approved`));
  // A quarter's last settlement says what it comes to: in full, where it has been settled in full.
  const settled = new Map(
    settlements
      .parse(await auditor.list(`/v1/settlements?product=${product}`))
      .flatMap((each) => (each.kind === 'year' ? [] : [each]))
      .toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind === 'provisional' ? -1 : 1))
      .map((each) => [`${each.contract} ${each.quarter}`, each]),
  );
  return {
    references: await Promise.all(
      series
        .filter((each) => each.product === product)
        .map(async ({ id }) => {
          const { now } = fixings.parse(await auditor.get(`/v1/reference-prices/${id}/fixings`));
          const fixing = now.status === 'available' ? now.fixing : undefined;
          return {
            series: id,
            price: fixing?.price.amount,
            firms: fixing?.firms ?? 0,
            contracts: contracts.filter(({ priceTerms }) => priceTerms?.reference === id).length,
          };
        }),
    ),
    programmes: await Promise.all(
      programmes.map(async ({ id, name }) => {
        const { budget, paid, reserved } = budgets.parse(await auditor.get(`/v1/programmes/${id}/budget`));
        const supported = contracts.filter(({ programme }) => programme === id);
        return {
          name,
          budget: budget.amount,
          used: sum([paid.amount, reserved.amount]),
          quantity: sum(supported.flatMap(({ schedule }) => schedule.map(({ quantity }) => quantity.amount))),
        };
      }),
    ),
    delivered:
      settled.size === 0
        ? undefined
        : {
            quantity: sum([...settled.values()].map(({ quantity }) => quantity.amount)),
            paid: sum([...settled.values()].map(({ goods }) => goods.amount)),
          },
  };
}
