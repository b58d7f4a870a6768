import type { Route } from '../../route.ts';
import { agreementRoutes } from '../agreements.ts';
import { programmeRoutes } from '../programmes.ts';

/** Support: programmes, agreements and what is owed under them. */
export const routes: readonly Route[] = [...programmeRoutes, ...agreementRoutes];
