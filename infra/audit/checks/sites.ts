import type { Instant } from '../../../shared/kernel/time.ts';
import { capacityProblem } from '../../../shared/orders/capacity.ts';
import type { LotsByQuarter } from '../../../shared/orders/delivery.ts';
import { contractedLots } from '../../../shared/store/orders/orders.ts';
import type { AuditedOrder, Evidence, SiteEntry } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** What each site's offers hold of its capacity. */
export function* checkSites(evidence: Evidence, at: Instant): Generator<Finding> {
  const entries = new Map(evidence.siteEntries.map((entry) => [entry.offer, entry]));
  for (const order of evidence.orders.values())
    if (order.kind === 'offer' && order.stockLot === undefined) yield* entryOf(order, entries.get(order.id));
  for (const { offer, site } of evidence.siteEntries)
    if (!evidence.orders.has(offer))
      yield finding('site_entries', `SITE#${site}`, `it has an entry of ${offer}, which is not there`);
  for (const [site, own] of Map.groupBy(evidence.siteEntries, (entry) => entry.site))
    yield* capacity(evidence, site, own, at);
}

const positive = (lots: LotsByQuarter): LotsByQuarter =>
  new Map([...lots].filter(([, count]) => count > 0n).sort(([a], [b]) => (a < b ? -1 : 1)));

const written = (lots: LotsByQuarter): string =>
  [...positive(lots)].map(([quarter, count]) => `${quarter} ${count}`).join(', ') || 'nothing';

function* entryOf({ id, site, state }: AuditedOrder, entry: SiteEntry | undefined): Generator<Finding> {
  const held =
    state.status === 'withdrawn' ? contractedLots(state) : new Map(Object.entries(state.requested));
  const [wanted, found] = [written(held), written(entry?.lots ?? new Map())];
  if (wanted !== found || (entry !== undefined && entry.site !== site))
    yield finding('site_entries', `SITE#${site}`, `${id} holds ${wanted} lots, its entry says ${found}`);
}

/** An offer that has expired holds what is contracted of it; one that a run may still take from, all it asked for. */
function* capacity(
  evidence: Evidence,
  id: string,
  entries: readonly SiteEntry[],
  at: Instant,
): Generator<Finding> {
  const bound = evidence.sites.get(id)?.capacityPerYear;
  if (bound === undefined) return;
  const uses = entries.flatMap(({ offer, product, lots }) => {
    const [known, order] = [evidence.product(product), evidence.orders.get(offer)];
    if (known === undefined || order === undefined) return [];
    const expired = order.validUntil !== undefined && order.validUntil <= at;
    return [{ product: known, lots: expired ? contractedLots(order.state) : lots }];
  });
  const exceeded = capacityProblem(bound, uses);
  if (exceeded !== undefined) yield finding('site_capacity', `SITE#${id}`, exceeded.detail);
}
