import type { Instant } from '../../kernel/time.ts';
import type { Bid } from '../../orders/bid.ts';
import { quarterQuantities } from '../../orders/delivery.ts';
import type { MemberView, Pool, PoolStatus, PoolView } from '../../orders/pool.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { MemberEntry } from './member-entry.ts';
import { memberTermsOf } from './member-entry.ts';
import type { StoredOrder } from './orders.ts';
import { lotsMap, orderAt } from './orders.ts';

/** A pool as it was read: its terms, and its bid with the members. */
export interface StoredPool {
  readonly pool: Pool;
  readonly stored: StoredOrder<Bid>;
}

/** Whether the pool exists for the caller. Sellers as such never get this far: it is for buyers and who sees all. */
export const seesPool = ({ runner, invited }: Pool, caller: Caller): boolean =>
  seesAll(caller) ||
  invited === undefined ||
  runner === caller.organisation ||
  invited.includes(caller.organisation);

export const membersOf = ({ stored }: StoredPool): readonly (readonly [string, MemberEntry])[] =>
  Object.entries(stored.state.members ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

export const membershipOf = (
  found: StoredPool,
  organisation: string,
): readonly [string, MemberEntry] | undefined =>
  membersOf(found).find(([, member]) => member.organisation === organisation);

/** Joining ends by the runner's word or at its time; what else a pool is follows from its bid. */
export function poolStatus({ pool, stored }: StoredPool, at: Instant): PoolStatus {
  const { status } = orderAt(stored.order, at);
  if (status !== 'open') return status;
  const late = pool.joinUntil !== undefined && pool.joinUntil <= at;
  return late || stored.state.closing !== undefined ? 'closed' : 'open';
}

/** How much of the pool and of its members a caller reads. */
function insightOf(found: StoredPool, caller: Caller): 'all' | 'who' | 'own' | 'none' {
  if (seesAll(caller)) return 'all';
  const isRunner = found.pool.runner === caller.organisation;
  const isMember = membershipOf(found, caller.organisation) !== undefined;
  if (!isRunner && !isMember) return 'none';
  if (found.pool.visibility === 'open') return 'all';
  return isRunner ? 'who' : 'own';
}

/** A member with everything that is its own. */
export function fullMember(found: StoredPool, id: string, member: MemberEntry): MemberView {
  const { product } = found.stored;
  const { destination, delivery, minimum } = memberTermsOf(member);
  const contracted = new Map(
    [...lotsMap(member.requested)].map(([quarter, lots]) => [
      quarter,
      lots - (member.state.remaining[quarter] ?? 0n),
    ]),
  );
  return {
    ...{ id, pool: found.pool.id, organisation: member.organisation, destination, status: member.status },
    ...{ delivery, ...(minimum === undefined ? {} : { minimum }) },
    remaining: quarterQuantities(lotsMap(member.state.remaining), product),
    contracted: quarterQuantities(contracted, product),
    ...{ joinedAt: member.joinedAt, updatedAt: member.state.updatedAt, version: member.state.version },
  };
}

/** A member as the caller may read it; `undefined` where it does not exist for them. */
export function memberSeenBy(
  found: StoredPool,
  [id, member]: readonly [string, MemberEntry],
  caller: Caller,
): MemberView | undefined {
  const insight = insightOf(found, caller);
  if (insight === 'all' || member.organisation === caller.organisation) return fullMember(found, id, member);
  if (insight !== 'who') return undefined;
  const { destination } = memberTermsOf(member);
  const { organisation, status, joinedAt } = member;
  return { id, pool: found.pool.id, organisation, destination, status, joinedAt };
}

/** The pool as the caller may read it. */
export function poolSeenBy(found: StoredPool, caller: Caller, at: Instant): PoolView {
  const { pool, stored } = found;
  const { state, product, order } = stored;
  const insight = insightOf(found, caller);
  const own = membershipOf(found, caller.organisation);
  const { invited, ...terms } = pool;
  return {
    ...terms,
    ...(invited !== undefined && (seesAll(caller) || pool.runner === caller.organisation) ? { invited } : {}),
    status: poolStatus(found, at),
    ...(insight === 'none'
      ? {}
      : { memberCount: membersOf(found).filter(([, { status }]) => status === 'joined').length }),
    ...(insight === 'all' ? { remaining: order.remaining, contracted: order.contracted } : {}),
    closedAt: state.closing?.at ?? null,
    ...(insight === 'none' || state.closing === undefined
      ? {}
      : { demandAtClosing: closingView(state.closing.demand, product) }),
    membership: own === undefined ? null : fullMember(found, ...own),
    warnings: order.warnings,
    version: order.version,
  };
}

const closingView = (demand: Readonly<Record<string, bigint | null>>, product: Product) =>
  Object.entries(demand)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([quarter, lots]) => ({
      quarter,
      quantity: lots === null ? null : quantityOf(lots, product),
      withheld: lots === null,
    }));
