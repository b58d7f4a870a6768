import type { Route } from '../../route.ts';
import { indexValueRoutes } from '../index-values.ts';
import { referencePriceRoutes } from '../reference-prices.ts';

/** Reference prices and index values. */
export const routes: readonly Route[] = [...referencePriceRoutes, ...indexValueRoutes];
