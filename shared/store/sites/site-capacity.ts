import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import type { CapacityUse } from '../../orders/capacity.ts';
import { capacityProblem } from '../../orders/capacity.ts';
import type { Site } from '../../reference/site.ts';
import type { Clause } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { usesOfOthers } from './site-offers.ts';
import { siteSeries } from './sites.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';
import { readRecord } from '../table/versioned.ts';

/** The offer that is to be posted or changed, as it would then stand. */
interface Wanted extends CapacityUse {
  readonly id: string;
}

/** A site, and how often offers of it were counted (an attribute of its head item, moved on by each). */
export interface SiteInUse {
  readonly site: Site;
  readonly offersRevision: number;
}

export async function readSiteInUse(table: Table, id: string): Promise<SiteInUse | undefined> {
  const item = await table.get(keys.site(id));
  return item && { site: readRecord(siteSeries, item), offersRevision: Number(item['offersRevision'] ?? 0n) };
}

/**
 * Checks an offer against its site's capacity together with the site's other offers, and answers the write that
 * keeps the check true: a count on the site that every offer of it moves on, so that of two that race one is
 * judged anew with the other in view. A site that states no capacity has no bound. Errors: capacity_exceeded, unit_not_convertible.
 */
export async function checkCapacity(
  table: Table,
  { site, offersRevision: revision }: SiteInUse,
  wanted: Wanted,
  at: Instant,
): Promise<Result<Action[]>> {
  if (site.capacityPerYear === undefined) return ok([]);
  // The site was read before the offers are: whatever is written behind it fails the condition.
  const others = await usesOfOthers(table, site.id, wanted, at);
  const exceeded = capacityProblem(site.capacityPerYear, [wanted, ...others]);
  if (exceeded !== undefined) return fail(exceeded);
  return ok([
    {
      name: 'siteCapacity',
      update: keys.site(site.id),
      set: {
        expression: 'SET #offersRevision = :next',
        names: { '#offersRevision': 'offersRevision' },
        values: { ':next': revision + 1 },
      },
      conditions: [siteAsRead(site), offersRevisionIs(revision)],
    },
  ]);
}

/** The site still is what the offer was judged by. */
const siteAsRead = (site: Site): Clause => ({
  name: 'siteAsRead',
  expression: '#version = :siteVersion',
  names: { '#version': 'version' },
  values: { ':siteVersion': site.version },
});

const offersRevisionIs = (revision: number): Clause =>
  revision === 0
    ? {
        name: 'offersRevisionIs',
        expression: 'attribute_not_exists(#offersRevision)',
        names: { '#offersRevision': 'offersRevision' },
      }
    : {
        name: 'offersRevisionIs',
        expression: '#offersRevision = :revision',
        names: { '#offersRevision': 'offersRevision' },
        values: { ':revision': revision },
      };
