import * as z from 'zod';
import { plus, sumOf } from '../../kernel/arithmetic.ts';
import { quarterOf } from '../../kernel/quarter.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import type { Zone } from '../../reference/zone.ts';
import { plannedIn, windowFrom } from '../../risk/assessment.ts';
import type { ExchangeAgreement } from '../../risk/exchange.ts';
import { isActiveOn } from '../../risk/exchange.ts';
import type { BuildUp, pacingWarningSchema } from '../../risk/pacing.ts';
import { isTooFast } from '../../risk/pacing.ts';
import { readAssessedStockpiles } from './assessed-stockpiles.ts';
import { plannedTogether } from '../risk/assessment-inputs.ts';
import { readAll } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

export type PacingWarning = z.output<typeof pacingWarningSchema>;

/** Of the agreements that bind today: products in which both zones build up faster than they have agreed. */
export async function pacingWarnings(
  table: Table,
  agreements: readonly ExchangeAgreement[],
  at: Instant,
): Promise<PacingWarning[]> {
  const [zones, products, plans] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'product'),
    readAll(table, 'consumption'),
  ]);
  const on = dateOf(at);
  const buildUpOf = async (zone: Zone, product: Product): Promise<BuildUp> => {
    const stockpiles = await readAssessedStockpiles(table, product, { zone: zone.id, on, at });
    const own = plans.filter((plan) => plan.zone === zone.id && plan.product === product.id);
    return {
      zone: zone.id,
      buying: sumOf(stockpiles.map(({ openBids, position }) => plus(openBids, position.inTransit.amount))),
      consumption: plannedIn(plannedTogether(own, [zone]), windowFrom(quarterOf(on))),
    };
  };
  const warnings = agreements
    .filter((agreement) => isActiveOn(agreement, on))
    .flatMap((agreement) =>
      agreement.products.map(async (id): Promise<PacingWarning[]> => {
        const product = products.find((each) => each.id === id);
        const [a, b] = agreement.zones.map((zone) => zones.find((each) => each.id === zone));
        if (product === undefined || a === undefined || b === undefined) return [];
        const both = await Promise.all([buildUpOf(a, product), buildUpOf(b, product)] as const);
        const consumption = isTooFast(agreement, both);
        return consumption === undefined
          ? []
          : [
              {
                ...{ agreement: agreement.id, product: id, zones: [...agreement.zones] },
                ...{ consumption, unit: product.unit, pacingShare: agreement.pacingShare },
              },
            ];
      }),
    );
  return (await Promise.all(warnings)).flat();
}
