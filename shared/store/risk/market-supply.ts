import type { MarketSupply } from '../../clearing/stress/effect.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import { plannedIn, windowFrom } from '../../risk/assessment.ts';
import { readAssessedStockpiles } from '../stockpiles/assessed-stockpiles.ts';
import { plannedTogether, readDeclaredFlows } from './assessment-inputs.ts';
import { readAssessedContracts } from '../contracts/product-contracts.ts';
import { readAll } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

/** What a market lives on in some quarters: zones that plan, declare or hold anything of the product. */
export async function readMarketSupply(
  table: Table,
  product: Product,
  at: Instant,
  quarters: readonly Quarter[],
): Promise<MarketSupply> {
  const on = dateOf(at);
  const [zones, all, contracts, stockpiles] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'consumption'),
    readAssessedContracts(table, product.id, { since: quarters[0]!, today: on }),
    readAssessedStockpiles(table, product, { on, at }),
  ]);
  const plans = all.filter((plan) => plan.product === product.id);
  const found = await Promise.all(
    zones.map(async (zone) => ({
      zone,
      annualUse: plannedIn(
        plannedTogether(
          plans.filter((plan) => plan.zone === zone.id),
          [zone],
        ),
        windowFrom(quarters[0]!),
      ),
      stockpiles: stockpiles.filter((stockpile) => stockpile.zone === zone.id),
      declared: await readDeclaredFlows(table, zone.id, product.id),
      plans: plans.some((plan) => plan.zone === zone.id),
    })),
  );
  return {
    contracts,
    consumption: plannedTogether(plans, zones),
    zones: found.filter(
      ({ plans: hasPlan, stockpiles: held, declared }) => hasPlan || held.length > 0 || declared !== null,
    ),
  };
}
