import { minus } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import type { AllowedPart, Disruption } from './disruption.ts';
import { affectedPart, allowedPart } from './disruption.ts';

export type EffectState = 'ahead' | 'in-force' | 'suspended' | 'ended' | 'withdrawn';

/** What a disruption does on a day, and when that changes next. */
export interface Effect {
  readonly state: EffectState;
  /** The first later day with another state. */
  readonly next: { readonly on: CalendarDate; readonly state: EffectState } | undefined;
}

/** A disruption is in effect from its first day to its last, both included, but not on days of a suspension. */
export function effectAt(disruption: Disruption, date: CalendarDate): Effect {
  const state = stateOn(disruption, date);
  const changes = [
    disruption.from,
    ...(disruption.to === undefined ? [] : [addDays(disruption.to, 1)]),
    ...(disruption.suspended ?? []).flatMap(({ from, to }) => [from, addDays(to, 1)]),
  ];
  const on = changes.filter((day) => day > date && stateOn(disruption, day) !== state).sort()[0];
  return { state, next: on === undefined ? undefined : { on, state: stateOn(disruption, on) } };
}

export function stateOn({ status, from, to, suspended = [] }: Disruption, date: CalendarDate): EffectState {
  if (status === 'withdrawn') return 'withdrawn';
  if (date < from) return 'ahead';
  if (to !== undefined && date > to) return 'ended';
  return suspended.some((each) => each.from <= date && date <= each.to) ? 'suspended' : 'in-force';
}

/** It is about the product: named by itself or by its mineral, at a stage that the measure is about. */
export const isAbout = (
  { products, minerals, stages }: Pick<Disruption, 'products' | 'minerals' | 'stages'>,
  product: Pick<Product, 'id' | 'mineral' | 'stage'>,
): boolean =>
  (products?.includes(product.id) === true || minerals?.includes(product.mineral) === true) &&
  (stages === undefined || stages.includes(product.stage));

/** It is about deliveries from this origin to this destination. */
export const isOnLane = (
  { origins, destinations }: Pick<Disruption, 'origins' | 'destinations'>,
  { origin, destination }: { readonly origin: string; readonly destination: string },
): boolean => origins.includes(origin) && (destinations === undefined || destinations.includes(destination));

/** Digits of the part of a flow that cannot come. */
const shareDigits = 9;
const all = decimal('1');

/**
 * Of what comes from the origins, the part that cannot come while it is in force: all of what the measure is about;
 * under a quota what is above it, to nine digits, rounded up.
 */
export function cutShare(disruption: Pick<Disruption, 'quota' | 'affectedShare'>): Decimal {
  const allowed = allowedPart(disruption);
  return allowed === undefined ? affectedPart(disruption) : minus(all, partOf(allowed));
}

/** `allowed ÷ of` to nine digits, rounded down; at most all. */
export function partOf({ allowed, of }: AllowedPart): Decimal {
  if (compareDecimal(allowed, of) >= 0) return all;
  return trimDecimal({
    units: divide(allowed.units * tenTo(of.scale + shareDigits), of.units * tenTo(allowed.scale), 'down'),
    scale: shareDigits,
  });
}
