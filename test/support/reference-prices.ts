import * as z from 'zod';
import type { Instant } from '../../shared/kernel/time.ts';
import type { PricePoint, ReferenceSeries } from '../../shared/pricing/reference-price.ts';
import { pricePointSchema, referenceSeriesSchema } from '../../shared/pricing/reference-price.ts';

type SeriesJson = z.input<typeof referenceSeriesSchema>;
type PointJson = z.input<typeof pricePointSchema>;

/** NdPr oxide in USD/kg with the guards a series has by default, unless a test says otherwise. */
export const aSeries = (changes: Partial<SeriesJson> = {}): ReferenceSeries =>
  z.decode(referenceSeriesSchema, {
    id: 'ndpr-europe',
    name: 'NdPr oxide, Europe',
    product: 'ndpr-oxide',
    currency: 'USD',
    per: 'kg',
    source: 'Reports of buyers and sellers',
    version: 1,
    recordedAt: '2026-01-01T00:00:00.000Z',
    recordedBy: 'administrator-1',
    ...changes,
  });

export const recordedAt: Instant = '2026-10-02T00:00:00.000Z';
const padded = (number: number): string => String(number).padStart(26, '0');

/** Points of 15 September 2026, by firms of their own, each `[price, quantity in kg]`, unless changed. */
export const pointsAt = (
  figures: readonly (readonly [price: string, quantity: string])[],
  changes: (index: number) => Partial<PointJson> = () => ({}),
): PricePoint[] =>
  figures.map(([price, quantity], index) =>
    z.decode(pricePointSchema, {
      id: `pnt_${padded(index)}`,
      series: 'ndpr-europe',
      date: '2026-09-15',
      firm: `firm-${index}`,
      price: { amount: price, currency: 'USD', per: 'kg' },
      quantity: { amount: quantity, unit: 'kg' },
      recordedAt,
      recordedBy: 'administrator-1',
      ...changes(index),
    }),
  );

export const septemberWindow = { from: '2026-09-01', to: '2026-09-30' };
export const afterwards: Instant = '2026-10-05T00:00:00.000Z';
