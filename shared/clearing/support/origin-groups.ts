import type { Facets } from '../eligibility/facet.ts';
import { CLOSED, FREE, type ZoneCaps } from '../eligibility/zone-caps.ts';
import type { Market } from '../market.ts';
import type { OriginGroup } from './support-flow.ts';

/** Caps that are used up close their lanes; what the others let in is counted by origin. */
export const closedOnly = ({ laneOf }: ZoneCaps): ZoneCaps => ({
  limits: [],
  lanes: [],
  laneOf: laneOf.map((lanes) => lanes.map((lane) => (lane === CLOSED ? CLOSED : FREE))),
});

/**
 * What zones let in from each origin: the least that any zone with one of the round's destinations does, counting all
 * that the round supports of that origin. Exact where those destinations lie in the same capping zones, as one
 * programme's mostly do; elsewhere on the safe side.
 */
export function originGroups(market: Market, { origins, offers }: Facets, caps: ZoneCaps): OriginGroup[] {
  return origins.flatMap((_, origin) => {
    const limits = new Set(caps.laneOf[origin]!.flatMap((lane) => caps.lanes[lane] ?? []));
    if (limits.size === 0) return [];
    const members = [...market.offers.keys()].filter(
      (index) => offers[market.offers[index]!.facet]!.origin === origin,
    );
    const lots = Math.min(...[...limits].map((limit) => caps.limits[limit]!.lots));
    return members.length === 0 ? [] : [{ offers: members, lots }];
  });
}
