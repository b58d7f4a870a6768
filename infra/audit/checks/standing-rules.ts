import { placedKept } from '../../../shared/stockpiles/standing-rule.ts';
import { placedId } from '../../../shared/stockpiles/standing-rule-orders.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** What rules say that they placed is there, once, under its own id; and no order names a rule that did not place it. */
export function* checkStandingRules(evidence: Evidence): Generator<Finding> {
  const onRecord = new Map<string, string>();
  for (const rule of evidence.standingRules.values())
    for (const { order: id, day, lot } of rule.placed) {
      const order = evidence.orders.get(id);
      const wrong = (detail: string) => finding('standing_rule', `STOCK#${rule.id}`, `${id} ${detail}`);
      if (onRecord.has(id)) yield wrong('is on record twice');
      onRecord.set(id, rule.id);
      if (order === undefined) yield wrong('is not there');
      else if (
        order.rule !== rule.id ||
        order.owner !== rule.operator ||
        order.product !== rule.terms.product
      )
        yield wrong('is not of this rule');
      else if (placedId(order.kind, rule, day, lot) !== id)
        yield wrong('has not the id that follows from its cause');
    }
  for (const { id, rule } of evidence.orders.values()) {
    if (rule === undefined || onRecord.get(id) === rule) continue;
    const known = evidence.standingRules.get(rule);
    // Of a rule that buys for long, only the last orders are kept on its record.
    if ((known?.placed.length ?? 0) < placedKept)
      yield finding('standing_rule', `ORDER#${id}`, `${rule} did not place it`);
  }
}
