import { pairThrough } from '../../shared/clearing/pairing/pairing.ts';
import { fragmentationOf } from '../support/fragmentation.ts';
import { aMarket, type MarketBuilder } from '../support/market.ts';
import { sharedQuarters } from '../support/shared-quarters.ts';
import { seeded } from './networks.ts';
import { report } from './report.ts';

/**
 * Awards per contracted order and lots kept from quarter to quarter, against quarters left to themselves and against a
 * bound that no pairing can beat; and what pairing takes of the time that solving does.
 */
export function benchPairing(): void {
  const markets: readonly { readonly about: string; readonly market: MarketBuilder }[] = [
    { about: '100², one quarter', market: marketOf(100, 1) },
    { about: '300², one quarter', market: marketOf(300, 1) },
    { about: '300², 8 quarters of ramps', market: marketOf(300, 8) },
    { about: '150², 40 quarters of ramps and windows', market: marketOf(150, 40) },
  ];
  for (const { about, market } of markets) {
    const snapshot = market.snapshot();
    let begun = performance.now();
    const { setting, quarters } = sharedQuarters(snapshot);
    const solving = performance.now() - begun;
    begun = performance.now();
    const paired = pairThrough(setting, quarters);
    const pairing = performance.now() - begun;
    const before = fragmentationOf(setting, quarters);
    const after = fragmentationOf(setting, paired);
    const perOrder = after.awards / after.orders;
    const name = `awards per contracted order, ${about}`;
    const unit = 'awards';
    const unpaired = before.awards / before.orders;
    report({
      name,
      value: perOrder,
      unit,
      versus: 'quarters left to themselves',
      ratio: unpaired / perOrder,
    });
    const fewest = after.fewest / after.orders;
    report({ name, value: perOrder, unit, versus: 'a bound below the fewest', ratio: fewest / perOrder });
    if (quarters.length > 1)
      report({
        ...{ name: `lots kept from quarter to quarter, ${about}`, value: 100 * after.kept, unit: '%' },
        ...{ versus: 'quarters left to themselves', ratio: after.kept / before.kept },
      });
    report({
      ...{ name: `pairing, ${about}`, value: pairing, unit: 'ms' },
      ...{ versus: 'solving the quarters', ratio: solving / pairing },
    });
  }
}

const countries = ['AU', 'US', 'CL', 'CN', 'KR', 'BR'];
const destinations = ['DE', 'JP', 'KR', 'IN'];

/** Under a floor that ties most sellers: a third of the bids capped, a third of the orders growing, two zones. */
function marketOf(size: number, count: number): MarketBuilder {
  const draw = seeded(3);
  const quarters = Array.from({ length: count }, (_, index) => `${2027 + (index >> 2)}-Q${(index % 4) + 1}`);
  const amounts = (): Record<string, string> => {
    const first = count > 8 ? draw(count >> 1) : 0;
    const window = quarters.slice(first, count > 8 ? first + 8 + draw(count) : count);
    const lots = 5 + draw(600);
    const step = draw(3) === 0 ? 1 + draw(60) : 0;
    return Object.fromEntries(window.map((quarter, index) => [quarter, String(lots + step * index)]));
  };
  const market = aMarket()
    .zone()
    .zone({ id: 'union', name: 'Union', members: ['KR'] })
    .floor('110.00')
    .floor('95.00', { zone: 'union', borderAdjusted: false });
  for (let index = 0; index < size; index++)
    market.offer(`o${index}x`, countries[draw(6)]!, (60 + draw(50)).toFixed(2), amounts());
  for (let index = 0; index < size; index++)
    market.bid(`b${index}x`, destinations[draw(4)]!, (100 + draw(40)).toFixed(2), amounts(), {
      ...(draw(3) === 0 && { maxOriginShare: '0.65' }),
    });
  return market;
}
