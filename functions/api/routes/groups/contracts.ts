import type { Route } from '../../route.ts';
import { amendmentRoutes } from '../amendments.ts';
import { contractLifeRoutes } from '../contract-life.ts';
import { contractRoutes } from '../contracts.ts';
import { deliveryRoutes } from '../deliveries.ts';

/** Contracts and their lives. */
export const routes: readonly Route[] = [
  ...contractRoutes,
  ...contractLifeRoutes,
  ...deliveryRoutes,
  ...amendmentRoutes,
];
