import * as z from 'zod';
import type { NewId } from '../../kernel/ids.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { isExpected } from '../../kernel/version.ts';
import { without } from '../../kernel/without.ts';
import { begunQuarters, belowContracted, normaliseQuantities } from '../../orders/acceptance.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { MemberChanges, MemberTerms, MemberView } from '../../orders/pool.ts';
import { maximumMembers, memberTermsSchema } from '../../orders/pool.ts';
import { lotsOf, ownQuantity, quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Effect, Plan } from '../table/effect.ts';
import type { MemberEntry } from './member-entry.ts';
import { contractedOf, memberAttribute, memberTermsOf, sumsOf } from './member-entry.ts';
import { lotsAttribute } from './order-item.ts';
import { lotsMap } from './orders.ts';
import type { ChangeablePool, PoolAct } from './change-pool.ts';
import { changeable, updatePool } from './change-pool.ts';
import { readVisiblePool } from './pools.ts';
import { fullMember, membershipOf, poolStatus } from './pool-view.ts';
import { readReference } from '../reference/reference.ts';

/**
 * Joins a pool with a part of one's own, at most; one who has left joins again under its old id. The pool's bid asks
 * for so much more in the same write. Errors: not_found, pool_closed, pool_full, already_member, outside_zone,
 * below_contracted, quarter_begun, invalid_request, order_closed, clearing_in_progress, and those of units and lots.
 */
export function joinPool(act: PoolAct & { readonly newId: NewId }, terms: MemberTerms): Plan<MemberView> {
  return async () => {
    const { table, caller, at } = act;
    const visible = await readVisiblePool(table, act.id, caller);
    if (!visible.ok) return visible;
    if (poolStatus(visible.value, at) === 'closed')
      return fail(problem('pool_closed', 'The pool takes no more members.'));
    const found = await changeable(table, visible.value, at);
    if (!found.ok) return found;
    const before = membershipOf(found.value, caller.organisation);
    if (before?.[1].status === 'joined')
      return fail(problem('already_member', 'Your organisation is a member. Change its part instead.'));
    const zone = await readReference(table, 'zone', found.value.pool.zone);
    const allowed = found.value.pool.destinations ?? zone?.members ?? [];
    if (!allowed.includes(terms.destination) || zone?.members.includes(terms.destination) !== true)
      return fail(
        fieldProblem('outside_zone', '/destination', 'The pool does not buy for delivery to this country.'),
      );
    const others = otherMembers(found.value, before?.[0]);
    if (others === undefined)
      return fail(problem('pool_full', `A pool has at most ${maximumMembers} members.`));
    const part = partOf(terms, found.value, before?.[1], at, new Map());
    if (!part.ok) return part;
    const [id, state] =
      before === undefined
        ? [act.newId('member'), { version: 1, updatedAt: at }]
        : [before[0], { version: before[1].state.version + 1, updatedAt: at }];
    const member: MemberEntry = {
      ...part.value,
      ...{ organisation: caller.organisation, status: 'joined', joinedAt: before?.[1].joinedAt ?? at },
      state: { ...state, remaining: part.value.remaining },
    };
    return written(found.value, others, id, member, at);
  };
}

/** The members beside one; `undefined` where there is no room for it. Who left with nothing makes room. */
function otherMembers(
  { stored }: ChangeablePool,
  own: string | undefined,
): Record<string, MemberEntry> | undefined {
  const others = Object.entries(stored.state.members ?? {}).filter(([id]) => id !== own);
  if (others.length < maximumMembers) return Object.fromEntries(others);
  const bound = others.filter(
    ([, member]) => member.status === 'joined' || Object.keys(contractedOf(member)).length > 0,
  );
  return bound.length < maximumMembers ? Object.fromEntries(bound) : undefined;
}

/** A member's own act. */
export interface MemberAct extends PoolAct {
  readonly member: string;
  readonly expected: ExpectedVersion | undefined;
}

/**
 * Changes what a member asks for; what is contracted stays contracted. Errors: not_found, precondition_failed,
 * order_closed, clearing_in_progress, below_contracted, quarter_begun, invalid_request, and those of units and lots.
 */
export function changeMember(act: MemberAct, changes: MemberChanges): Plan<MemberView> {
  return async () => {
    const own = await readOwnMember(act);
    if (!own.ok) return own;
    const { found, member } = own.value;
    if (member.status === 'left')
      return fail(problem('order_closed', 'You have left the pool. Join it again.'));
    const open = await changeable(act.table, found, act.at);
    if (!open.ok) return open;
    const { minimum: before, ...terms } = memberTermsOf(member);
    const minimum = changes.minimum === undefined ? before : (changes.minimum ?? undefined);
    const asked: MemberTerms = {
      ...terms,
      delivery: changes.delivery ?? terms.delivery,
      ...(minimum === undefined ? {} : { minimum }),
    };
    const part = partOf(asked, open.value, member, act.at, lotsMap(member.requested));
    if (!part.ok) return part;
    const next: MemberEntry = {
      ...{ ...without(member, 'minimum'), ...part.value },
      state: { version: member.state.version + 1, updatedAt: act.at, remaining: part.value.remaining },
    };
    return written(open.value, othersOf(open.value, act.member), act.member, next, act.at);
  };
}

/**
 * Leaves a pool with what is contracted; leaving again changes nothing.
 * Errors: not_found, precondition_failed, order_closed, clearing_in_progress.
 */
export function leavePool(act: MemberAct): Plan<MemberView> {
  return async () => {
    const own = await readOwnMember(act);
    if (!own.ok) return own;
    const { found, member } = own.value;
    if (member.status === 'left') return ok({ value: fullMember(found, act.member, member), actions: [] });
    const open = await changeable(act.table, found, act.at);
    if (!open.ok) return open;
    const contracted = contractedOf(member);
    const next: MemberEntry = {
      ...member,
      status: 'left',
      requested: contracted,
      state: {
        version: member.state.version + 1,
        updatedAt: act.at,
        remaining: Object.fromEntries(Object.keys(contracted).map((quarter) => [quarter, 0n])),
      },
    };
    return written(open.value, othersOf(open.value, act.member), act.member, next, act.at);
  };
}

async function readOwnMember(act: MemberAct) {
  const found = await readVisiblePool(act.table, act.id, act.caller);
  if (!found.ok) return found;
  const own = membershipOf(found.value, act.caller.organisation);
  if (own?.[0] !== act.member) return fail(problem('not_found', 'You have no such membership.'));
  if (!isExpected(act.expected, own[1].state.version))
    return fail(problem('precondition_failed', 'Your part has changed since you read it. Read it again.'));
  return ok({ found: found.value, member: own[1] });
}

const othersOf = ({ stored }: ChangeablePool, member: string): Record<string, MemberEntry> =>
  Object.fromEntries(Object.entries(stored.state.members ?? {}).filter(([id]) => id !== member));

/** A member's part in the product's own unit and lots. `asked` is what it asked for before. */
function partOf(
  terms: MemberTerms,
  { stored: { product } }: ChangeablePool,
  before: MemberEntry | undefined,
  at: Instant,
  asked: LotsByQuarter,
): Result<
  Pick<MemberEntry, 'body' | 'requested'> & {
    readonly minimum?: bigint;
    readonly remaining: Record<string, bigint>;
  }
> {
  const quantities = normaliseQuantities(terms.delivery, product);
  if (!quantities.ok) return quantities;
  const { delivery, requested } = quantities.value;
  const contracted = before === undefined ? {} : contractedOf(before);
  const wrong =
    belowContracted(delivery, requested, lotsMap(contracted)) ??
    begunQuarters(delivery, requested, at, new Map([...lotsMap(contracted), ...asked]));
  if (wrong !== undefined) return fail(wrong);
  const minimum = minimumOf(terms.minimum, requested, product);
  if (!minimum.ok) return minimum;
  const body = z.encode(memberTermsSchema, {
    destination: terms.destination,
    delivery,
    ...(minimum.value === undefined ? {} : { minimum: minimum.value.quantity }),
  });
  return ok({
    body,
    requested: lotsAttribute(requested),
    ...(minimum.value === undefined ? {} : { minimum: minimum.value.lots }),
    remaining: Object.fromEntries(
      [...requested].map(([quarter, lots]) => [quarter, lots - (contracted[quarter] ?? 0n)]),
    ),
  });
}

/** The least a member takes may not be more than the most it takes. */
function minimumOf(
  minimum: Quantity | undefined,
  requested: LotsByQuarter,
  product: Product,
): Result<{ readonly lots: bigint; readonly quantity: Quantity } | undefined> {
  if (minimum === undefined) return ok(undefined);
  const lots = lotsOf(minimum, product, '/minimum');
  if (!lots.ok) return lots;
  const above = [...requested].find(([, most]) => most < lots.value);
  return above === undefined
    ? ok({ lots: lots.value, quantity: ownQuantity(minimum, lots.value, product) })
    : fail(
        fieldProblem('invalid_request', '/minimum', `The minimum is more than is asked for in ${above[0]}.`),
      );
}

/** Writes one member, and the sums that the pool's bid asks for. Error: off_lot. */
function written(
  found: ChangeablePool,
  others: Readonly<Record<string, MemberEntry>>,
  id: string,
  member: MemberEntry,
  at: Instant,
): Result<Effect<MemberView>> {
  const members = { ...others, [id]: member };
  const { requested, remaining } = sumsOf(Object.values(members));
  const beyond = beyondRange(requested, found.stored.product);
  if (beyond !== undefined) return fail(beyond);
  return ok({
    value: fullMember(found, id, member),
    actions: [
      updatePool(found, at, {
        members: Object.fromEntries(
          Object.entries(members).map(([key, entry]) => [key, memberAttribute(entry)]),
        ),
        requested: lotsAttribute(requested),
        remaining: lotsAttribute(remaining),
      }),
    ],
  });
}

/** A pool's bid has the bounds of any bid. */
function beyondRange(requested: LotsByQuarter, product: Product): Problem | undefined {
  for (const lots of requested.values()) {
    const within = lotsOf(quantityOf(lots, product), product, '/delivery');
    if (!within.ok) return within.problem;
  }
  return undefined;
}
