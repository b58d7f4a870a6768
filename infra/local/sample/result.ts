import * as z from 'zod';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal } from '../../../shared/kernel/decimal.ts';
import type { Participant } from './client.ts';
import type { Range } from './exact.ts';
import { add, range, sum, times, weighted, widthOf, zero } from './exact.ts';
import type { MarketLife } from './result-life.ts';
import { marketLife } from './result-life.ts';
import type { ContractView } from './views.ts';
import { clearingView, contractView, explanationView, floorView, orderView, productView } from './views.ts';

/** What one product's market did, as an auditor reads it from the API. */
export interface MarketResult {
  readonly product: {
    readonly id: string;
    readonly name: string;
    readonly unit: string;
    readonly currency: string;
  };
  readonly clearing:
    { readonly id: string; readonly inputDigest: string; readonly proven: boolean } | undefined;
  readonly floors: readonly {
    readonly zone: string;
    readonly price: string;
    readonly borderAdjusted: boolean;
  }[];
  readonly volume: Decimal;
  readonly quarters: readonly string[];
  readonly paid: Range | undefined;
  readonly landed: Range | undefined;
  /** The trade whose landed price could have been most different with the market clearing alike. */
  readonly widestInterval: (Range & { readonly quarter: string }) | undefined;
  readonly levy: Decimal;
  readonly origins: readonly { readonly country: string; readonly quantity: Decimal }[];
  readonly contracts: readonly ContractLine[];
  /** What became of it since, as far as there is anything. */
  readonly life: MarketLife;
  /** Orders that got less than they asked for, with the codes of what kept them from it; none if not asked for. */
  readonly unfilled: readonly UnfilledOrder[];
}

export interface ContractLine {
  readonly seller: string;
  readonly origin: string;
  readonly buyer: string;
  readonly destination: string;
  readonly quarters: readonly [first: string, last: string];
  readonly quantity: Decimal;
  /** Per unit, averaged over the quantity and rounded down. */
  readonly price: Decimal;
  readonly landed: Decimal;
  readonly levy: Decimal;
}

export interface UnfilledOrder {
  readonly side: 'offer' | 'bid';
  readonly organisation: string;
  readonly country: string;
  readonly awarded: Decimal;
  readonly requested: Decimal;
  readonly codes: readonly string[];
}

/** Reads everything about one product that the printed result shows. */
export async function marketResult(
  auditor: Participant,
  id: string,
  options: { readonly withReasons: boolean },
): Promise<MarketResult> {
  const product = productView.parse(await auditor.get(`/v1/products/${id}`));
  const contracts = z.array(contractView).parse(await auditor.list(`/v1/contracts?product=${id}`));
  const floors = z.array(floorView).parse(await auditor.list(`/v1/floors?product=${id}`));
  const clearing = await latestClearing(auditor, id);
  const entries = contracts.flatMap(({ schedule }) => schedule);
  return {
    product,
    clearing,
    floors: floors
      .filter(({ status }) => status === 'approved')
      .map(({ zone, borderAdjusted, price }) => ({
        zone,
        borderAdjusted,
        price: price.amount,
      })),
    volume: sum(entries.map(({ quantity }) => quantity.amount)),
    quarters: [...new Set(entries.map(({ quarter }) => quarter))].sort(),
    paid: range(entries.map(({ price }) => price.amount)),
    landed: range(entries.map(({ landedPrice }) => landedPrice.amount)),
    widestInterval: entries
      .map(({ quarter, interval: { low, high } }) => ({ quarter, low: low.amount, high: high.amount }))
      .toSorted((a, b) => compareDecimal(widthOf(b), widthOf(a)))[0],
    levy: sum(entries.map(({ quantity, waterfall }) => times(quantity.amount, waterfall.levy))),
    origins: originsOf(contracts),
    contracts: contracts.map(lineOf).sort(bySize),
    life: await marketLife(auditor, id, contracts),
    unfilled: options.withReasons ? await unfilledOrders(auditor, id) : [],
  };
}

async function latestClearing(auditor: Participant, product: string): Promise<MarketResult['clearing']> {
  const { items } = z
    .object({ items: z.array(clearingView) })
    .parse(await auditor.get(`/v1/clearings?product=${product}&status=completed&limit=1`));
  const [latest] = items;
  return (
    latest && {
      id: latest.id,
      inputDigest: latest.inputDigest,
      proven: latest.quarters.every(
        ({ optimality }) => optimality !== null && optimality.primal === optimality.dual,
      ),
    }
  );
}

/** An offer's country is its site's, a bid's its destination. */
async function unfilledOrders(auditor: Participant, product: string): Promise<UnfilledOrder[]> {
  const unfilled: UnfilledOrder[] = [];
  for (const side of ['offer', 'bid'] as const) {
    const orders = z.array(orderView).parse(await auditor.list(`/v1/${side}s?product=${product}`));
    for (const order of orders) {
      const remaining = sum(order.remaining.map(({ quantity }) => quantity.amount));
      if (remaining.units === 0n) continue;
      const awarded = sum(order.contracted.map(({ quantity }) => quantity.amount));
      const explanation = await auditor.find(`/v1/${side}s/${order.id}/explanation`);
      const quarters = explanation === undefined ? [] : explanationView.parse(explanation).quarters;
      const site =
        order.site === undefined
          ? undefined
          : z.object({ country: z.string() }).parse(await auditor.get(`/v1/sites/${order.site}`));
      unfilled.push({
        side,
        organisation: order.seller ?? order.buyer ?? '?',
        country: site?.country ?? order.destination ?? '?',
        awarded,
        requested: add(awarded, remaining),
        codes: [...new Set(quarters.flatMap(({ binding }) => binding.map(({ code }) => code)))],
      });
    }
  }
  return unfilled;
}

function lineOf({ seller, buyer, origin, destination, schedule }: ContractView): ContractLine {
  const quarters = schedule.map(({ quarter }) => quarter).sort();
  const average = (of: (entry: ContractView['schedule'][number]) => Decimal) =>
    weighted(schedule.map((entry) => [of(entry), entry.quantity.amount]));
  return {
    seller,
    buyer,
    origin,
    destination,
    quarters: [quarters[0] ?? '', quarters.at(-1) ?? ''],
    quantity: sum(schedule.map(({ quantity }) => quantity.amount)),
    price: average(({ price }) => price.amount),
    landed: average(({ landedPrice }) => landedPrice.amount),
    levy: average(({ waterfall }) => waterfall.levy),
  };
}

function originsOf(contracts: readonly ContractView[]): MarketResult['origins'] {
  const byCountry = new Map<string, Decimal>();
  for (const { origin, schedule } of contracts) {
    const quantity = sum(schedule.map((entry) => entry.quantity.amount));
    byCountry.set(origin, add(byCountry.get(origin) ?? zero, quantity));
  }
  return [...byCountry]
    .map(([country, quantity]) => ({ country, quantity }))
    .sort((a, b) => compareDecimal(b.quantity, a.quantity));
}

const bySize = (a: ContractLine, b: ContractLine): number => compareDecimal(b.quantity, a.quantity);
