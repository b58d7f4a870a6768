import * as z from 'zod';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  decideOnRule,
  proposeRule,
  ruleOf,
  stepRule,
} from '../../../shared/store/stockpiles/standing-rules.ts';
import {
  pageOfRecords,
  recordsOfStockpile,
  ruleRecords,
} from '../../../shared/store/stockpiles/stock-records.ts';
import { noSuchStockpile, readStockpile } from '../../../shared/store/stockpiles/stockpiles.ts';
import { standingRuleSchema, standingRuleTermsSchema } from '../../../shared/stockpiles/standing-rule.ts';
import type { RuleStep } from '../../../shared/stockpiles/standing-rule-life.ts';
import { isInsider } from '../../../shared/stockpiles/stockpile-view.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { decisionRoutes } from './decisions.ts';
import { actOf } from './reference.ts';
import { insiders } from './stockpiles.ts';

const path = '/v1/stockpiles/{id}/standing-rules';
const inStockpile = z.strictObject({ id: generatedIdSchema('stockpile') });
const params = inStockpile.extend({ rule: generatedIdSchema('rule') });
const operators = ['stockpile-operator'] as const;
const answer = { description: 'The rule', schema: standingRuleSchema } as const;

const stepping = (step: RuleStep, summary: string, description: string): Route =>
  defineRoute({
    operationId: `${step}StandingRule`,
    method: 'post',
    path: `${path}/{rule}/${step}`,
    ...{ summary, description, tag: 'Stockpiles', roles: operators, params },
    responses: { 200: answer },
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) => {
      const { id: stockpile, rule } = request.params;
      return mapPlan(
        stepRule(dependencies.table, actOf(request, dependencies), { stockpile, rule }, step),
        (value) => reply(200, value, { version: value.version }),
      );
    },
  });

export const standingRuleRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postStandingRule',
    method: 'post',
    path,
    summary: 'Propose a standing rule for a stockpile',
    description:
      '`buy-at-floor` bids at the floor while the lowest landed price of the last clearing sits on it, for what is missing of ' +
      "the target and of the month's pace. `rotate` replaces lots before their shelf life ends: it bids for as much of the " +
      'same or a better grade, then offers of the old lot what has been contracted. Asked once a day, once an administrator ' +
      'has approved it; what it places are ordinary orders of the stockpile, which name the rule.',
    tag: 'Stockpiles',
    roles: operators,
    params: inStockpile,
    body: standingRuleTermsSchema,
    example: {
      kind: 'buy-at-floor',
      product: 'gallium-4n',
      destination: 'JP',
      quartersAhead: 1,
      validDays: 30,
    },
    responses: { 201: { description: 'Proposed', schema: standingRuleSchema } },
    problems: [
      ...(['not_found', 'invalid_state', 'unknown_reference', 'currency_mismatch', 'off_tick'] as const),
      ...(['unit_not_convertible', 'off_lot'] as const),
    ],
    write: (request, dependencies) =>
      mapPlan(
        proposeRule(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        (rule) =>
          reply(201, rule, {
            version: rule.version,
            location: `/v1/stockpiles/${rule.stockpile}/standing-rules/${rule.id}`,
          }),
      ),
  }),
  defineRoute({
    operationId: 'listStandingRules',
    method: 'get',
    path,
    summary: "List a stockpile's standing rules",
    tag: 'Stockpiles',
    roles: insiders,
    params: inStockpile,
    paged: true,
    responses: { 200: { description: 'Rules, in order of id', schema: listOf(standingRuleSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      return ok(reply(200, pageOfRecords(await recordsOfStockpile(table, ruleRecords, id), page)));
    },
  }),
  defineRoute({
    operationId: 'getStandingRule',
    method: 'get',
    path: `${path}/{rule}`,
    summary: 'Read a standing rule: what it has placed, and what it answered when it was last asked',
    tag: 'Stockpiles',
    roles: insiders,
    params,
    responses: { 200: answer },
    problems: ['not_found'],
    read: async ({ caller, params: { id, rule: ruleId } }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      const rule = await ruleOf(table, id, ruleId);
      return rule.ok ? ok(reply(200, rule.value, { version: rule.value.version })) : rule;
    },
  }),
  ...decisionRoutes({
    ...{ name: 'StandingRule', path: `${path}/{rule}`, tag: 'Stockpiles', params, answer },
    approve: {
      summary: 'Approve a standing rule: it is asked from now on',
      plan: (table, act, { id: stockpile, rule }) => decideOnRule(table, act, { stockpile, rule }, 'approve'),
    },
    reject: {
      summary: 'Reject a standing rule',
      plan: (table, act, { id: stockpile, rule }) => decideOnRule(table, act, { stockpile, rule }, 'reject'),
    },
  }),
  stepping('pause', 'Pause a standing rule', 'By the operator. Orders that it has placed stay.'),
  stepping('resume', 'Let a paused standing rule go on', 'By the operator.'),
  stepping('end', 'End a standing rule', 'By the operator, for good. Orders that it has placed stay.'),
];
