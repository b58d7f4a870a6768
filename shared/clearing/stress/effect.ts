import { lessAtMost, minus, plus, sumOf, times, zero } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { decimal, divide, tenTo, trimDecimal } from '../../kernel/decimal.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { firstDayOf, quarterFromNumber, quarterNumber } from '../../kernel/quarter.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Zone } from '../../reference/zone.ts';
import type { AssessedContract, AssessmentInputs, DeclaredFlows } from '../../risk/assessment-inputs.ts';
import { ratio } from '../../risk/concentration.ts';
import type { AssessedStockpile } from '../../risk/cover-status.ts';
import { coverStatus, daysOf } from '../../risk/cover-status.ts';
import type { StressTest } from './result.ts';
import type { Restored, Stop } from './stress.ts';

/** What a market lives on: contracts, and of each zone that plans, declares or holds anything what it does. */
export interface MarketSupply {
  readonly contracts: readonly AssessedContract[];
  /** Of all zones together, by quarter. */
  readonly consumption: AssessmentInputs['consumption'];
  readonly zones: readonly {
    readonly zone: Zone;
    /** Of a year: the four quarters from the first of the stop on; null where not declared. */
    readonly annualUse: Decimal | null;
    readonly stockpiles: readonly AssessedStockpile[];
    readonly declared: DeclaredFlows | null;
  }[];
}

/** Whole lots that a contract would not deliver: what is contracted and not accepted yet, nothing of one that is over. */
export function lotsLost(
  { isOver, quarters }: AssessedContract,
  stopped: readonly Quarter[],
  { lot }: Pick<Product, 'lot'>,
): Map<Quarter, bigint> {
  const lots = quarters
    .filter(({ quarter }) => !isOver && stopped.includes(quarter))
    .map(({ quarter, quantity, accepted }): [Quarter, bigint] => {
      const open = lessAtMost(quantity, accepted);
      return [
        quarter,
        divide(open.units * tenTo(lot.amount.scale), lot.amount.units * tenTo(open.scale), 'down'),
      ];
    });
  return new Map(lots.filter(([, count]) => count > 0n));
}

interface Loss {
  readonly contract: string;
  readonly destination: string;
  readonly quarter: Quarter;
  readonly lost: Decimal;
  readonly restored: Decimal;
}

/** The figures of a stop, in the product's own unit: every total is the sum of its parts, and lost = restored + unmet. */
export function effectOfStop(
  supply: MarketSupply,
  { origin, quarters }: Stop,
  restored: Restored,
  product: Product,
): Pick<StressTest, 'quarters' | 'lost' | 'restored' | 'unmet' | 'contracts' | 'zones'> {
  const mass = (lots: bigint): Decimal => quantityOf(lots, product).amount;
  const losses: Loss[] = supply.contracts
    .filter((contract) => contract.origin === origin)
    .flatMap((contract) =>
      [...lotsLost(contract, quarters, product)].map(([quarter, lots]) => ({
        ...{ contract: contract.contract, destination: contract.destination, quarter },
        lost: mass(lots),
        restored: mass(restored.get(contract.contract)?.get(quarter) ?? 0n),
      })),
    );
  return {
    quarters: quarters.map((quarter) => ({
      quarter,
      contracted: trimDecimal(
        sumOf(
          supply.contracts.flatMap((contract) =>
            contract.quarters.filter((each) => each.quarter === quarter).map(({ quantity }) => quantity),
          ),
        ),
      ),
      ...totalsOf(losses.filter((loss) => loss.quarter === quarter)),
      consumption: supply.consumption?.find((each) => each.quarter === quarter)?.quantity ?? null,
    })),
    ...totalsOf(losses),
    contracts: [...Map.groupBy(losses, ({ contract }) => contract)].map(([contract, of]) => ({
      ...{ contract, destination: of[0]!.destination },
      ...totalsOf(of),
    })),
    zones: supply.zones.map((zone) => zoneEffect(zone, losses, { origin, quarters }, product)),
  };
}

function totalsOf(losses: readonly Loss[]) {
  const lost = trimDecimal(sumOf(losses.map((loss) => loss.lost)));
  const restored = trimDecimal(sumOf(losses.map((loss) => loss.restored)));
  return { lost, restored, unmet: trimDecimal(minus(lost, restored)) };
}

function zoneEffect(
  { zone, annualUse, stockpiles, declared }: MarketSupply['zones'][number],
  losses: readonly Loss[],
  { origin, quarters }: Stop,
  product: Product,
): StressTest['zones'][number] {
  const totals = totalsOf(losses.filter(({ destination }) => zone.members.includes(destination)));
  const statuses = stockpiles.map((each) => coverStatus(each, product));
  const releasable = trimDecimal(
    sumOf(
      stockpiles.map(({ position, rules }, index) =>
        lessAtMost(
          minus(position.physical.amount, plus(position.encumbered.amount, position.entitled.amount)),
          times(rules.reserveFloorShare, statuses[index]!.target),
        ),
      ),
    ),
  );
  const end = firstDayOf(quarterFromNumber(quarterNumber(quarters.at(-1)!) + 1));
  const days = BigInt((Date.parse(end) - Date.parse(firstDayOf(quarters[0]!))) / 86_400_000);
  const available = sumOf(statuses.map((status) => status.available));
  return {
    zone: zone.id,
    ...totals,
    releasable,
    daysOfCover: annualUse && daysOf(available, annualUse),
    daysBridged: ratio(times(releasable, { units: days, scale: 0 }), totals.unmet, 1, 'down'),
    unmetAfterRelease: trimDecimal(lessAtMost(totals.unmet, releasable)),
    declaredLoss: declared && {
      quantity: trimDecimal(
        times(
          times(declared.flows.find((flow) => flow.origin === origin)?.quantity ?? zero, {
            units: BigInt(quarters.length),
            scale: 0,
          }),
          decimal('0.25'),
        ),
      ),
      ...{ source: declared.source, year: declared.year },
    },
  };
}
