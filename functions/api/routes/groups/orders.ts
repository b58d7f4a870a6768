import type { Route } from '../../route.ts';
import { bidRoutes } from '../bids.ts';
import { offerRoutes } from '../offers.ts';
import { poolRoutes } from '../pools.ts';

/** Offers, bids and pools. */
export const routes: readonly Route[] = [...offerRoutes, ...bidRoutes, ...poolRoutes];
