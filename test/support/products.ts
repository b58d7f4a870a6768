import * as z from 'zod';
import type { Product } from '../../shared/reference/product.ts';
import { productSchema } from '../../shared/reference/product.ts';

type ProductJson = z.input<typeof productSchema>;

/** NdPr oxide in kilograms at cents, unless a test says otherwise. */
export const aProduct = (changes: Partial<ProductJson> = {}): Product => {
  const unit = changes.unit ?? 'kg';
  const currency = changes.currency ?? 'USD';
  return z.decode(productSchema, {
    id: 'ndpr-oxide',
    name: 'NdPr oxide, 99 %',
    mineral: 'ndpr',
    stage: 'refining',
    unit,
    currency,
    lot: { amount: '1', unit },
    priceTick: { amount: '0.01', currency, per: unit },
    version: 1,
    recordedAt: '2026-01-01T00:00:00.000Z',
    recordedBy: 'administrator-1',
    ...changes,
  });
};
