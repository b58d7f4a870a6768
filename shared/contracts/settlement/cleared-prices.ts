import type { Quarter } from '../../kernel/quarter.ts';
import type { Contract } from '../contract.ts';
import type { UnitPrices } from './settlement.ts';

/** As it was cleared. What is delivered in a quarter that was not agreed (make-up) has the price of the last one before. */
export function clearedPrices({ schedule }: Pick<Contract, 'schedule'>, quarter: Quarter): UnitPrices {
  const entry = schedule.findLast((each) => each.quarter <= quarter) ?? schedule[0]!;
  const { duties, levy, support } = entry.waterfall;
  return { price: entry.price, duties, levy, support, landed: entry.landedPrice };
}
