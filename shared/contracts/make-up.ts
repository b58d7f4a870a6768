import { isZero, least, lessAtMost } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { yearOf } from '../kernel/quarter.ts';
import type { ContractEvent, EventOf } from './contract-events.ts';
import type { Delivery } from './delivery.ts';
import type { CarriedLot, ContractState, MakeUpDraw, MakeUpLot } from './state.ts';

/** Takes a quantity from lots, in their order, and says from which; what no lot has is left over. */
export function drawFrom<T extends { readonly quantity: Decimal }>(
  lots: readonly T[],
  quantity: Decimal,
): { readonly left: T[]; readonly drawn: T[]; readonly over: Decimal } {
  const left: T[] = [];
  const drawn: T[] = [];
  let over = quantity;
  for (const lot of lots) {
    const part = least(lot.quantity, over);
    if (!isZero(part)) drawn.push({ ...lot, quantity: part });
    over = lessAtMost(over, part);
    const rest = lessAtMost(lot.quantity, part);
    if (!isZero(rest)) left.push({ ...lot, quantity: rest });
  }
  return { left, drawn, over };
}

/** The lots that may still be taken in a year. */
export const standingIn = (lots: readonly MakeUpLot[], year: number): MakeUpLot[] =>
  lots.filter((lot) => lot.year < year && year <= lot.lastYear);

/**
 * The make-up bank and the carry-forward: of each year, what its last settlement says; less what later years'
 * settlements used up, and what accepted make-up deliveries drew, oldest first.
 */
export function foldMakeUp(
  events: readonly ContractEvent[],
  deliveries: ReadonlyMap<string, Delivery>,
): Pick<ContractState, 'makeUp' | 'makeUpDrawn' | 'carryForward'> {
  const last = new Map<number, EventOf<'year_settled'>>();
  for (const event of events) if (event.type === 'year_settled') last.set(event.year, event);
  const years = [...last.values()].sort((a, b) => a.year - b.year);

  let bank: MakeUpLot[] = years.flatMap(({ year, makeUp }) =>
    makeUp === undefined
      ? []
      : [{ year, quantity: makeUp.quantity.amount, price: makeUp.price, lastYear: makeUp.lastYear }],
  );
  let carried: CarriedLot[] = years.flatMap(({ year, carriedForward }) =>
    carriedForward === undefined || isZero(carriedForward.amount)
      ? []
      : [{ year, quantity: carriedForward.amount }],
  );
  for (const { makeUpTaken = [], carryForwardUsed = [] } of years) {
    for (const { year, quantity } of makeUpTaken) bank = takenOf(bank, year, quantity.amount);
    for (const { year, quantity } of carryForwardUsed) carried = takenOf(carried, year, quantity.amount);
  }

  const makeUpDrawn = new Map<string, readonly MakeUpDraw[]>();
  for (const event of events) {
    if (event.type !== 'delivery_accepted') continue;
    const delivery = deliveries.get(event.delivery);
    if (delivery?.notice.makeUp !== true || delivery.finalQuantity === undefined) continue;
    const standing = standingIn(bank, yearOf(delivery.quarter));
    const { left, drawn } = drawFrom(standing, delivery.finalQuantity.amount);
    makeUpDrawn.set(
      delivery.id,
      drawn.map(({ year, quantity, price }) => ({ year, quantity, price })),
    );
    const others = bank.filter((lot) => !standing.includes(lot));
    bank = [...others, ...left].sort((a, b) => a.year - b.year);
  }
  return { makeUp: bank, makeUpDrawn, carryForward: carried };
}

const takenOf = <T extends { readonly year: number; readonly quantity: Decimal }>(
  lots: readonly T[],
  year: number,
  quantity: Decimal,
): T[] => {
  const { left } = drawFrom(
    lots.filter((lot) => lot.year === year),
    quantity,
  );
  return [...lots.filter((lot) => lot.year !== year), ...left].sort((a, b) => a.year - b.year);
};
