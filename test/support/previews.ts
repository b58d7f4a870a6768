import * as z from 'zod';
import { previewOf } from '../../shared/clearing/preview/preview.ts';
import type { Preview } from '../../shared/clearing/preview/result.ts';
import { previewSchema } from '../../shared/clearing/preview/result.ts';
import type { PreviewTerms } from '../../shared/clearing/preview/terms.ts';
import { previewTermsSchema } from '../../shared/clearing/preview/terms.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { must } from '../../shared/kernel/result.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import { standingRegulations } from '../../shared/pricing/zone-overlap.ts';

type Terms = Omit<z.input<typeof previewTermsSchema>, 'product'>;
type Sides = Pick<Preview, 'current' | 'proposed' | 'difference'>;

export const termsOf = (snapshot: Snapshot, terms: Terms): PreviewTerms =>
  previewTermsSchema.parse({ product: snapshot.product.id, ...terms });

/** What a preview of a snapshot comes to, within any bounds. */
export const tryPreview = (snapshot: Snapshot, terms: Terms): Result<Sides> =>
  previewOf(
    snapshot,
    termsOf(snapshot, terms),
    standingRegulations(snapshot.floors, snapshot.standards, dateOf(snapshot.gateClosure)),
    { pairs: Infinity, isOverTime: () => false },
  );

/** A preview that must succeed. */
export const previewOn = (snapshot: Snapshot, terms: Terms): Sides => must(tryPreview(snapshot, terms));

/** As clients read it. */
export const wireOf = (sides: Sides) =>
  z.encode(previewSchema, {
    product: 'any',
    at: '2026-11-22T12:00:00.000Z',
    clearingUnderWay: null,
    ...sides,
  });

/** Ticks of 0.01 as a price of the wire. */
export const usdOf = (ticks: number) =>
  ({ amount: (ticks / 100).toFixed(2), currency: 'USD', per: 'kg' }) as const;

/** A border-adjusted floor of the partners. */
export const floorAt = (ticks: number, zone = 'partners') => ({
  ...{ zone, price: usdOf(ticks), borderAdjusted: true },
});
