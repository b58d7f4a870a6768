import { firstDayOf, quarterFromNumber, quarterNumber, quarterOf, yearOf } from '../../kernel/quarter.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../../kernel/time.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import type { Contract } from '../contract.ts';
import { isLive } from '../quantities.ts';
import type { ContractState } from '../state.ts';
import { dueFromDay, endOf } from './settle-quarter.ts';

/**
 * The quarters that are settled: those agreed, and those in which something was delivered (make-up may come later). Of a
 * terminated contract those that were over by then, and those with deliveries under way.
 */
export function quartersToSettle({ events }: Contract, state: ContractState): Quarter[] {
  const delivered = new Set(state.deliveries.filter(isLive).map(({ quarter }) => quarter));
  const ended = events.find(({ type }) => type === 'terminated')?.at;
  const agreed = state.schedule
    .map(({ quarter }) => quarter)
    .filter((quarter) => ended === undefined || endOf(quarter) <= dateOf(ended));
  return [...new Set([...agreed, ...delivered, ...state.settled.keys()])].sort();
}

/**
 * The day from which somebody must look at a contract again, after all that was due has been done; `undefined` where
 * nothing can come of it but by somebody's act. What is held for want of a reference price is tried again tomorrow,
 * or as soon as somebody asks.
 */
export function nextLook(
  contract: Contract,
  state: ContractState,
  at: Instant,
  held: boolean,
): CalendarDate | undefined {
  const today = dateOf(at);
  const tomorrow = addDays(today, 1);
  if (held) return tomorrow;
  const open = quartersToSettle(contract, state).filter((quarter) => !state.settled.has(quarter));
  if (state.status === 'completed' || (state.status === 'terminated' && open.length === 0)) return undefined;
  const days = [
    ...state.conditions
      .filter((condition) => condition.state === 'open' && state.status !== 'terminated')
      .map(({ longstop }) => addDays(longstop, 1)),
    ...open.map((quarter) => dueFromDay(state, quarter)),
    ...state.schedule.map(({ quarter }) => firstDayOf(`${yearOf(quarter) + 1}-Q1`)),
    ...state.makeUp.map(({ lastYear }) => firstDayOf(`${lastYear + 1}-Q1`)),
  ].filter((day) => day > today);
  // A contract that is not over and waits for nothing by date is looked at once a quarter all the same.
  const fallback = firstDayOf(quarterFromNumber(quarterNumber(quarterOf(today)) + 1));
  return days.sort()[0] ?? fallback;
}
