import type { Route } from '../../route.ts';
import { clearingRoutes } from '../clearings.ts';
import { marketRoutes } from '../markets.ts';
import { previewRoutes } from '../previews.ts';
import { surveillanceRoutes } from '../surveillance.ts';

/** Clearings, previews of them, and what they made of markets. */
export const routes: readonly Route[] = [
  ...clearingRoutes,
  ...previewRoutes,
  ...marketRoutes,
  ...surveillanceRoutes,
];
