import * as z from 'zod';
import { explanationSchema } from '../../../shared/clearing/explanation/explanation-shards.ts';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { memberChangesSchema, memberTermsSchema, memberViewSchema } from '../../../shared/orders/pool.ts';
import type { MemberView } from '../../../shared/orders/pool.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { explainOrder } from '../../../shared/store/clearing/explanations.ts';
import { changeMember, joinPool, leavePool } from '../../../shared/store/orders/pool-members.ts';
import { memberSeenBy, membersOf } from '../../../shared/store/orders/pool-view.ts';
import { readVisiblePool } from '../../../shared/store/orders/pools.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

export const poolPath = '/v1/pools';
/** Sellers as such have no business with pools: to them a pool's bid is one among others. */
export const poolBuyers = ['buyer', 'stockpile-operator'] as const;
export const poolReaders = [...poolBuyers, 'administrator', 'auditor'] as const;

const path = `${poolPath}/{id}/members` as const;
const poolParams = z.strictObject({ id: generatedIdSchema('pool') });
const params = z.strictObject({ id: generatedIdSchema('pool'), member: generatedIdSchema('member') });
const changing = [
  'order_closed',
  'clearing_in_progress',
  'below_contracted',
  'quarter_begun',
  'unit_not_convertible',
  'off_lot',
] as const;

const answered = <const S extends number>(status: S, member: MemberView) =>
  reply(status, member, member.version === undefined ? {} : { version: member.version });

const noMember = fail(problem('not_found', 'There is no such member.'));

export const memberRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'joinPool',
    method: 'post',
    path,
    tag: 'Pools',
    summary: 'Join a pool',
    description:
      "With the most that the caller takes in each quarter, for delivery in one country of the pool's zone. A member whose share of an award would be below its `minimum` for the quarter (contracts so far counted) gets nothing of it, and its part goes to the others.",
    roles: poolBuyers,
    params: poolParams,
    body: memberTermsSchema.meta({ id: 'PoolMemberTerms' }),
    example: {
      destination: 'DE',
      delivery: { from: '2027-Q1', to: '2027-Q4', quantityPerQuarter: { amount: '10000', unit: 'kg' } },
      minimum: { amount: '2000', unit: 'kg' },
    },
    responses: { 201: { description: 'The membership', schema: memberViewSchema } },
    problems: ['pool_closed', 'pool_full', 'already_member', 'outside_zone', 'not_found', ...changing],
    write: ({ caller, params: { id }, body, at }, { table, newId }) =>
      mapPlan(joinPool({ table, caller, at, id, newId }, body), (member) => ({
        ...answered(201, member),
        location: `${poolPath}/${id}/members/${member.id}`,
      })),
  }),
  defineRoute({
    operationId: 'listPoolMembers',
    method: 'get',
    path,
    tag: 'Pools',
    summary: 'List the members of a pool',
    description:
      'As far as they exist for the caller: in a sealed pool a member sees itself, the runner who the others are; in an open pool members and runner see all, administrators and auditors always. Others see none.',
    roles: poolReaders,
    params: poolParams,
    paged: true,
    responses: {
      200: { description: 'A page of members, in order of id', schema: listOf(memberViewSchema) },
    },
    read: async ({ caller, params: { id }, page }, { table }) => {
      const found = await readVisiblePool(table, id, caller);
      if (!found.ok) return found;
      const seen = membersOf(found.value)
        .filter(([member]) => page.after === undefined || member > page.after)
        .flatMap((member) => memberSeenBy(found.value, member, caller) ?? []);
      const items = seen.slice(0, page.limit);
      const next = seen.length > page.limit ? (items.at(-1)?.id ?? null) : null;
      return ok(reply(200, { items, next }));
    },
  }),
  defineRoute({
    operationId: 'getPoolMember',
    method: 'get',
    path: `${path}/{member}`,
    tag: 'Pools',
    summary: 'Read one member of a pool',
    roles: poolReaders,
    params,
    responses: { 200: { description: 'The member', schema: memberViewSchema } },
    read: async ({ caller, params: { id, member } }, { table }) => {
      const found = await readVisiblePool(table, id, caller);
      if (!found.ok) return found;
      const entry = membersOf(found.value).find(([key]) => key === member);
      const seen = entry && memberSeenBy(found.value, entry, caller);
      return seen === undefined ? noMember : ok(answered(200, seen));
    },
  }),
  defineRoute({
    operationId: 'changePoolMember',
    method: 'patch',
    path: `${path}/{member}`,
    tag: 'Pools',
    summary: "Change a member's quantities or minimum",
    description:
      'By the member, until gate closure. A new `delivery` replaces the whole of the old one, but no quantity may fall below what is contracted. `minimum: null` removes the minimum.',
    roles: poolBuyers,
    params,
    ifMatch: 'required',
    body: memberChangesSchema,
    responses: { 200: { description: 'The member as changed', schema: memberViewSchema } },
    problems: changing,
    write: ({ caller, params: { id, member }, body, expectedVersion: expected, at }, { table }) =>
      mapPlan(changeMember({ table, caller, at, id, member, expected }, body), (changed) =>
        answered(200, changed),
      ),
  }),
  defineRoute({
    operationId: 'leavePool',
    method: 'post',
    path: `${path}/{member}/leave`,
    tag: 'Pools',
    summary: 'Leave a pool',
    description:
      'By the member, until gate closure. What is contracted stays contracted. Leaving again changes nothing.',
    roles: poolBuyers,
    params,
    ifMatch: 'optional',
    responses: { 200: { description: 'The member as it left', schema: memberViewSchema } },
    problems: ['order_closed', 'clearing_in_progress'],
    write: ({ caller, params: { id, member }, expectedVersion: expected, at }, { table }) =>
      mapPlan(leavePool({ table, caller, at, id, member, expected }), (left) => answered(200, left)),
  }),
  defineRoute({
    operationId: 'explainPoolMember',
    method: 'get',
    path: `${path}/{member}/explanation`,
    tag: 'Pools',
    summary: 'Why a member of a pool got what it got',
    description:
      "For the member itself, administrators and auditors; not for the runner. Its own quantities, and what bound the pool's bid. `inclusion` leads from the member's own part as it was counted to `inputDigest`.",
    roles: poolReaders,
    params,
    query: z.strictObject({ clearing: generatedIdSchema('clearing').optional() }),
    responses: { 200: { description: 'The explanation', schema: explanationSchema } },
    read: async ({ caller, params: { id, member }, query }, { table, objects }) => {
      const found = await readVisiblePool(table, id, caller);
      if (!found.ok) return found;
      const entry = membersOf(found.value).find(([key]) => key === member);
      if (entry === undefined || !(seesAll(caller) || entry[1].organisation === caller.organisation))
        return noMember;
      const explanation = await explainOrder({ table, objects }, found.value.stored, query.clearing, member);
      return explanation.ok ? ok(reply(200, explanation.value)) : explanation;
    },
  }),
];
