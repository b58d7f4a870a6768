import { bidWarnings, offerWarnings } from '../../clearing/eligibility/warnings.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Bid } from '../../orders/bid.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { Offer } from '../../orders/offer.ts';
import { sourceOf } from '../../orders/offer.ts';
import type { Warning } from '../../orders/order.ts';
import type { Product } from '../../reference/product.ts';
import type { Site } from '../../reference/site.ts';
import { certificatesOf } from '../sites/certificates.ts';
import { readFigure, referenceOfDay } from '../prices/fixings.ts';
import { readMarketRules } from '../reference/market-configuration.ts';
import { readSource } from '../sites/sources.ts';
import type { Table } from '../table/table.ts';

/** What the rules in force would refuse an order for, as it is about to stand; of an offer's `site`, if it has been read. */
export async function warningsOf(
  table: Table,
  order: Omit<Offer, 'warnings'> | Omit<Bid, 'warnings'>,
  requested: LotsByQuarter,
  { product, site }: { readonly product: Product; readonly site?: Site | undefined },
  at: Instant,
): Promise<Warning[]> {
  // A product that has just been changed may be recorded a moment ahead of this request's clock.
  const asOf = at < product.recordedAt ? product.recordedAt : at;
  const rules = await readMarketRules(table, product.id, asOf);
  const held = await referenceWarnings(table, order, asOf);
  const parts = {
    product,
    zones: [...rules.zones],
    consumption: [...rules.consumption],
    floors: [...rules.floors],
    standards: [...rules.standards],
    schemes: [...rules.schemes],
  };
  if (!('seller' in order)) {
    // The members of a pool bring their destinations; the zone's rules are those of any country in it.
    const zone = rules.zones.find(({ id }) => id === order.zone);
    const destination = order.destination ?? zone?.members[0];
    return destination === undefined
      ? held
      : [...bidWarnings(parts, { ...order, destination, requested, at: asOf }), ...held];
  }
  const found =
    site === undefined
      ? await readSource(table, sourceOf(order))
      : { site, certificates: await certificatesOf(table, site.id) };
  if (found === undefined) throw new Error('an offer of a site or stock lot that does not exist');
  const warnings = offerWarnings(parts, {
    destinations: order.destinations,
    quarters: [...requested.keys()].sort(),
    ...found,
  });
  return [...warnings, ...held];
}

/** That an indexed order would not clear today. */
async function referenceWarnings(
  table: Table,
  { priceTerms }: Pick<Bid, 'priceTerms'>,
  at: Instant,
): Promise<Warning[]> {
  if (priceTerms?.kind !== 'indexed') return [];
  const figure = await referenceOfDay(table, priceTerms.reference, at, readFigure);
  return figure?.ok === true
    ? []
    : [
        {
          code: 'reference_unavailable',
          detail: figure?.problem.detail ?? 'There is no such reference price.',
        },
      ];
}
