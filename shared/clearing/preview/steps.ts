import { divide, tenTo } from '../../kernel/decimal.ts';
import { must } from '../../kernel/result.ts';
import { priceOf, ticksOf } from '../../pricing/product-terms.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * The steps in which figures for everyone move. Whoever may ask for any number of previews can find by bisection where
 * a figure jumps, and so the limit of the order that makes it jump, as finely as it may choose what to suppose. So
 * what such figures suppose lies on a grid that knows nothing of the orders, and they are rounded themselves.
 */

/** 1, 2 or 5 hundredths of the power of ten at or below the price: 0.4 to 1 % of it. */
export function stepOf(ticks: bigint): bigint {
  const decade = tenTo(ticks.toString().length - 1);
  const lead = ticks / decade;
  const step = ((lead < 2n ? 1n : lead < 5n ? 2n : 5n) * decade) / 100n;
  return step === 0n ? 1n : step;
}

/** The least price on a step that is not below. */
export function upToStep(ticks: bigint): bigint {
  const step = stepOf(ticks);
  return divide(ticks, step, 'up') * step;
}

/** The greatest of 1, 2, 5, 10, 20, 50, … not above; 0 for nothing. */
export function downToSeries(amount: bigint): bigint {
  if (amount <= 0n) return 0n;
  const decade = tenTo(amount.toString().length - 1);
  const lead = amount / decade;
  return (lead < 2n ? 1n : lead < 5n ? 2n : 5n) * decade;
}

/** Of a share: five per cent each. */
const stepsPerUnit = 20n;

/**
 * The proposed snapshot with what it supposes moved up to the next step: floors' prices, programmes' greatest gaps, and caps to five per cent.
 * The very same snapshot where all lies on a step already.
 */
export function steppedSnapshot(current: Snapshot, proposed: Snapshot): Snapshot {
  const { product } = proposed;
  const floors = proposed.floors.map((floor) => {
    if (current.floors.includes(floor)) return floor;
    const ticks = must(ticksOf(floor.price, product, 'up'));
    const stepped = upToStep(ticks);
    return stepped === ticks ? floor : { ...floor, price: priceOf(stepped, product) };
  });
  const zones = proposed.zones.map((zone) => {
    const share = zone.maxOriginShare;
    if (share === undefined || current.zones.includes(zone)) return zone;
    const unit = tenTo(share.scale);
    const steps = divide(share.units * stepsPerUnit, unit, 'up');
    if (steps * unit === share.units * stepsPerUnit) return zone;
    return { ...zone, maxOriginShare: { units: steps * (100n / stepsPerUnit), scale: 2 } };
  });
  const programmes = proposed.programmes?.map((programme) => {
    if (current.programmes?.includes(programme) === true) return programme;
    const gap = must(ticksOf(programme.maximumGap, product, 'down'));
    return upToStep(gap) === gap ? programme : { ...programme, maximumGap: priceOf(upToStep(gap), product) };
  });
  const moved =
    programmes?.some((programme) => proposed.programmes?.includes(programme) !== true) === true ||
    floors.some((floor) => !proposed.floors.includes(floor)) ||
    zones.some((zone) => !proposed.zones.includes(zone));
  return moved
    ? { ...proposed, floors, zones, ...(programmes === undefined ? {} : { programmes }) }
    : proposed;
}
