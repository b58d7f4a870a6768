import { quarterFromNumber, quarterNumber, quarterOf } from '../../kernel/quarter.ts';
import { ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Wait } from '../../stockpiles/standing-rule-orders.ts';
import type { Placed, StandingRule, StandingRuleTerms } from '../../stockpiles/standing-rule.ts';
import { placedKept } from '../../stockpiles/standing-rule.ts';
import type { Effect, Plan } from '../table/effect.ts';
import { putStockRecord, ruleRecords } from './stock-records.ts';
import type { Table } from '../table/table.ts';

/** The day's answer once nothing is left to place. */
export const placedAll: Wait = { code: 'placed', detail: 'What was to be placed has been placed.' };

type Order = Omit<Placed, 'day' | 'quantity'> & { readonly lots: bigint };

/** A rule that is asked, and what for. */
export interface Asked {
  readonly table: Table;
  readonly rule: StandingRule;
  readonly product: Product;
  readonly now: Instant;
}

export type OfKind<K extends StandingRuleTerms['kind']> = Extract<StandingRuleTerms, { kind: K }>;

/** The rule after an answer, or an order of it. */
const next = ({ rule, now }: Asked, wait: Wait | undefined, placed: readonly Placed[]): StandingRule => ({
  ...rule,
  ...(wait === undefined ? {} : { asked: { day: dateOf(now), at: now, ...wait } }),
  placed: [...rule.placed, ...placed].slice(-placedKept),
  ...nextVersion(rule, { subject: rule.id, at: now }),
});

/** Nothing is placed, or no more: on record until tomorrow. */
export const answered = (asked: Asked, wait: Wait) =>
  ok<Effect<undefined>>({ actions: putStockRecord(ruleRecords, next(asked, wait, [])), value: undefined });

/** The order's own plan with the rule's record of it; where the order is refused, that is the day's answer. */
export async function placing(
  asked: Asked,
  plan: Plan<{ readonly id: string }>,
  { lots, ...order }: Order,
  isLast: boolean,
) {
  const planned = await plan();
  if (!planned.ok) return answered(asked, { code: planned.problem.code, detail: planned.problem.detail });
  const { rule, product, now } = asked;
  const placed = { ...order, day: dateOf(now), quantity: quantityOf(lots, product) };
  const { actions } = planned.value;
  return ok<Effect<string>>({
    actions: [
      ...actions,
      ...putStockRecord(ruleRecords, next(asked, isLast ? placedAll : undefined, [placed])),
    ],
    value: rule.id,
  });
}

/** A rule posts as its operator would; the id makes two who ask at once post one order. */
export const posting = ({ table, rule, now }: Asked, id: string) => ({
  ...{ table, at: now, rule: rule.id, newId: () => id },
  caller: { subject: rule.id, organisation: rule.operator, roles: ['stockpile-operator'] as const },
});

/** What every order of a rule says. */
export const ordered = (
  { now }: Asked,
  { product: id, quartersAhead, validDays }: StandingRuleTerms,
  lots: bigint,
  product: Product,
) => {
  const quarter = quarterFromNumber(quarterNumber(quarterOf(dateOf(now))) + quartersAhead);
  return {
    product: id,
    delivery: { schedule: [{ quarter, quantity: quantityOf(lots, product) }] },
    validUntil: `${addDays(dateOf(now), validDays)}T00:00:00.000Z`,
  };
};
