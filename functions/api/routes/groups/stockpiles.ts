import type { Route } from '../../route.ts';
import { stockAccountRoutes } from '../stock-accounts.ts';
import { standingRuleRoutes } from '../standing-rules.ts';
import { stockLoanRoutes } from '../stock-loans.ts';
import { stockLotRoutes } from '../stock-lots.ts';
import { stockNeedRoutes } from '../stock-needs.ts';
import { stockReleaseRoutes } from '../stock-releases.ts';
import { stockpileRoutes } from '../stockpiles.ts';

/** Stockpiles: lots, accounts, standing rules, loans, needs and releases. */
export const routes: readonly Route[] = [
  ...stockpileRoutes,
  ...stockAccountRoutes,
  ...standingRuleRoutes,
  ...stockLoanRoutes,
  ...stockNeedRoutes,
  ...stockReleaseRoutes,
  ...stockLotRoutes,
];
