import { ok } from '../../kernel/result.ts';
import type { Clock, Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import { productRules } from '../../stockpiles/stockpile.ts';
import type { Plan } from '../table/effect.ts';
import { perform } from '../table/effect.ts';
import { productOf } from '../reference/reference.ts';
import { answered, placedAll } from './standing-rule-answers.ts';
import { buyAtFloor } from './standing-rule-buying.ts';
import { rotate } from './standing-rule-rotation.ts';
import { authorOfRule } from './standing-rules.ts';
import { readStockRecord, ruleRecords, rulesToAsk } from './stock-records.ts';
import { readStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/*
 * Standing rules are asked once a day. What a rule places is an ordinary order of its operator, posted in one transaction with
 * the rule's record of it, under an id that follows from rule, day and lot: two who ask at once place one order, and whoever
 * stops in between has placed none, or one that is on record.
 */

/** Orders that one rule places in a day at most. */
const mostOrders = 20;
const rulesAtOnce = 50;

/** Asks every active rule that has not been asked today; answers what was placed. One that fails is told, and holds up no other. */
export async function askRules(
  table: Table,
  clock: Clock,
  failed: (rule: string, error: unknown) => void,
): Promise<string[]> {
  const placed: string[] = [];
  for (const id of await rulesToAsk(table, dateOf(clock()), rulesAtOnce))
    try {
      for (let turn = 0; turn <= mostOrders; turn += 1) {
        const order = await perform(table, askPlan(table, clock(), id, turn === mostOrders));
        if (!order.ok) throw new Error(order.problem.detail);
        if (order.value === undefined) break;
        placed.push(order.value);
      }
    } catch (error) {
      failed(id, error);
    }
  return placed;
}

/** One order more, or the day's answer; `undefined` where it has been asked already, or is asked no more. */
const askPlan =
  (table: Table, at: Instant, id: string, isEnough: boolean): Plan<string | undefined> =>
  async () => {
    const rule = await readStockRecord(table, ruleRecords, id);
    if (rule === undefined) throw new Error(`${id} is to be asked, and not there`);
    const { at: now } = authorOfRule({ subject: id, at }, rule);
    const today = dateOf(now);
    if (rule.status !== 'active' || (rule.asked?.day ?? '') >= today)
      return ok({ actions: [], value: undefined });
    const asked = { table, rule, product: await productOf(table, rule.terms.product), now };
    const stockpile = await readStockpile(table, rule.stockpile);
    const rules = stockpile && productRules(stockpile, asked.product.id, today);
    if (stockpile?.status !== 'active' || rules === undefined)
      return answered(asked, {
        code: 'not_held',
        detail: 'The stockpile does not hold the product any more.',
      });
    if (isEnough) return answered(asked, placedAll);
    const { terms } = rule;
    return terms.kind === 'buy-at-floor'
      ? buyAtFloor({ ...asked, terms, stockpile, rules })
      : rotate({ ...asked, terms, stockpile });
  };
