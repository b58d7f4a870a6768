import type { Quarter } from '../kernel/quarter.ts';
import { yearOf } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { capacityProblem } from '../orders/capacity.ts';
import type { LotsByQuarter } from '../orders/delivery.ts';
import type { Product } from '../reference/product.ts';
import type { Site } from '../reference/site.ts';
import type { Clause } from './condition.ts';
import { keys } from './keys.ts';
import { offers, readOrder, standingLots } from './orders.ts';
import type { Action, Table } from './table.ts';

/** The offer that is to be posted or changed, as it would then stand. */
interface Wanted {
  readonly id: string;
  readonly product: Product;
  readonly lots: LotsByQuarter;
}

/**
 * Checks an offer against its site's capacity together with the site's other offers, and answers the write that
 * keeps the check true: a count on the site that every offer of it moves on, so that of two that race one is
 * judged anew with the other in view. A site that states no capacity has no bound. Errors: capacity_exceeded, unit_not_convertible.
 */
export async function checkCapacity(
  table: Table,
  site: Site,
  wanted: Wanted,
  at: Instant,
): Promise<Result<Action[]>> {
  if (site.capacityPerYear === undefined) return ok([]);
  // Read before the offers: whatever is written behind it fails the condition.
  const revision = Number((await table.get(keys.site(site.id)))?.['offersRevision'] ?? 0n);
  const others = await offersOf(table, site.id, wanted);
  const uses = others.map((stored) => ({ product: stored.product, lots: standingLots(stored, at) }));
  const exceeded = capacityProblem(site.capacityPerYear, [wanted, ...uses]);
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

/** The site's other offers that reach into the years of this one. */
async function offersOf(table: Table, site: string, wanted: Wanted) {
  const first = [...wanted.lots.keys()][0];
  const entries = await table.query(keys.siteOffer(site, '').pk, { prefix: keys.siteOffer(site, '').sk });
  const ids = entries
    .filter((entry) => first === undefined || yearOf(String(entry['lastQuarter'])) >= yearOf(first))
    .map((entry) => String(entry['offer']))
    .filter((id) => id !== wanted.id);
  const stored = await Promise.all(ids.map((id) => readOrder(table, offers, id)));
  return stored.filter((offer) => offer !== undefined);
}

/** An offer's entry among those of its site. */
export const siteOfferEntry = (site: string, offer: string, lots: LotsByQuarter): Action => ({
  name: 'siteOffer',
  put: { ...keys.siteOffer(site, offer), offer, lastQuarter: lastOf(lots) },
});

const lastOf = (lots: LotsByQuarter): Quarter => [...lots.keys()].sort().at(-1) ?? '';

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
