import type { Quarter } from '../../kernel/quarter.ts';
import type { Contract } from '../contract.ts';
import type { UnitPrices } from './settlement.ts';

/** What a quarter was agreed at. One that was not agreed (make-up comes later) has the price of the last one before. */
export const entryFor = (
  { schedule }: Pick<Contract, 'schedule'>,
  quarter: Quarter,
): Contract['schedule'][number] => schedule.findLast((each) => each.quarter <= quarter) ?? schedule[0]!;

/** As it was cleared. */
export function clearedPrices(contract: Pick<Contract, 'schedule'>, quarter: Quarter): UnitPrices {
  const { price, landedPrice: landed, waterfall } = entryFor(contract, quarter);
  const { duties, levy, support } = waterfall;
  return { price, duties, levy, support, landed };
}
