import type { Route } from '../../route.ts';
import { stockAccountRoutes } from '../stock-accounts.ts';
import { stockLoanRoutes } from '../stock-loans.ts';
import { stockLotRoutes } from '../stock-lots.ts';
import { stockReleaseRoutes } from '../stock-releases.ts';
import { stockpileRoutes } from '../stockpiles.ts';

/** Stockpiles: lots, accounts, loans, releases. */
export const routes: readonly Route[] = [
  ...stockpileRoutes,
  ...stockAccountRoutes,
  ...stockLoanRoutes,
  ...stockReleaseRoutes,
  ...stockLotRoutes,
];
