import { priceOf } from '../../pricing/product-terms.ts';
import type { Cure } from './cures.ts';
import type { QuarterExplanation, WouldNeed } from './explanation.ts';
import type { Setting } from '../quarters.ts';
import { codeOf, type BindingCause } from '../eligibility/refusal.ts';
import type { BookBid, BookOffer } from '../snapshot.ts';
import { attainable, type Check } from '../eligibility/standards-check.ts';

export type Order = BookOffer | BookBid;

/** A near miss; `own` where all that it needs is told and lies in the order's own hands. */
export interface NearMiss extends Pick<QuarterExplanation['nearMisses'][number], 'code' | 'wouldNeed'> {
  readonly own: boolean;
}

/** Two causes of one code are one near miss: the one that more is told of. */
export function oncePerCode(misses: readonly NearMiss[]): NearMiss[] {
  const toldOf = ({ wouldNeed }: NearMiss): number =>
    Object.keys(wouldNeed).length === 0 ? 0 : wouldNeed.certain === false ? 1 : 2;
  const byCode = Map.groupBy(misses, ({ code, wouldNeed }) => [code, ...(wouldNeed.also ?? [])].join());
  return [...byCode.values()].map((alike) => alike.reduce((a, b) => (toldOf(b) > toldOf(a) ? b : a)));
}

/** A cure as it is told; nothing where two reasons stood together and it is not certain. */
export function nearMissOf(
  { snapshot, facets }: Setting,
  order: Order,
  cure: Cure,
  sharesSite: boolean,
): NearMiss[] {
  const { causes, checks, limit, ask, floor } = cure;
  const { product } = snapshot;
  const has = (cause: BindingCause): boolean => causes.includes(cause);
  const ofBid = !('site' in order);
  const certified = causes.some((cause) => cause.startsWith('certificate_')) && checks.length > 0;
  const without = [
    ...(has('purity_too_low') ? (['minimumPurity'] as const) : []),
    ...(has('concentration_limit') && cure.own && 'maxOriginShare' in order
      ? (['maxOriginShare'] as const)
      : []),
    ...(certified && checks.every((check) => facets.privateChecks.has(check)) ? (['requires'] as const) : []),
  ];
  const need: WouldNeed = {
    ...(limit !== undefined && { limit: priceOf(limit, product) }),
    ...(ask !== undefined && { ask: priceOf(ask, product) }),
    ...(floor !== undefined && { floor: priceOf(floor, product) }),
    ...(certified && {
      certificates: checks.map((check) => needOf(snapshot, facets.evidence.checks[check]!)),
    }),
    ...(has('site_unverified') && { verifiedSite: true as const }),
    ...(ofBid && has('conditional_not_accepted') && { acceptsConditional: true as const }),
    ...(has('not_delivered') && { delivery: undelivered(order).wouldNeed }),
    ...(ofBid && cure.origin >= 0 && { origins: [facets.origins[cure.origin]!] }),
    ...(ofBid && without.length > 0 && { without }),
  };
  const certain = cure.certain && !(!ofBid && sharesSite && (certified || has('site_unverified')));
  const [first, ...also] = causes.map((cause) => codeOf(cause));
  if (first === undefined || (also.length > 0 && !certain)) return [];
  const wouldNeed = {
    ...need,
    ...(also.length > 0 && { also }),
    ...(Object.keys(need).length > 0 && !certain && { certain: false as const }),
  };
  return [{ code: first, wouldNeed, own: cure.own && Object.keys(need).length > 0 }];
}

/** What a check asks for: the alternatives that some certificate could satisfy, or all of them where none could. */
function needOf(
  { schemes, product }: Setting['snapshot'],
  check: Check,
): NonNullable<WouldNeed['certificates']>[number] {
  const { anyOf, minimumAssurance } = check;
  const possible = attainable(check, schemes, product);
  return {
    anyOf: possible.length > 0 ? possible : [...anyOf],
    ...(minimumAssurance !== undefined && { minimumAssurance }),
  };
}

/**
 * What a mismatch of destinations comes to, in words and of the order's own terms alone: a seller may read where its
 * offer delivers to, not where the bids are, and a buyer its bid's destination, not where the offers deliver to.
 */
export function undelivered(order: Order): { readonly detail: string; readonly wouldNeed: string } {
  if (!('site' in order)) {
    const { destination = "every destination of the pool's members" } = order;
    return {
      detail: `There is supply, but it does not deliver to ${destination}.`,
      wouldNeed: `An offer that delivers to ${destination}.`,
    };
  }
  const served = (order.destinations ?? []).join(', ');
  return {
    detail: `The offer does not deliver to where there is demand: it delivers to ${served} only.`,
    wouldNeed: `Delivery to more destinations than ${served}.`,
  };
}
