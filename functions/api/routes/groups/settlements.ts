import type { Route } from '../../route.ts';
import { settlementRoutes } from '../settlements.ts';
import { statementRoutes } from '../statements.ts';

/** Settlements and statements of accounts. */
export const routes: readonly Route[] = [...settlementRoutes, ...statementRoutes];
