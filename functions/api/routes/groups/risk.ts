import type { Route } from '../../route.ts';
import { alertRoutes } from '../alerts.ts';
import { disruptionRoutes } from '../disruptions.ts';
import { exchangeRoutes } from '../exchange.ts';
import { publicationRoutes } from '../publications.ts';
import { riskRoutes } from '../risk.ts';
import { stressTestRoutes } from '../stress-tests.ts';
import { webhookRoutes } from '../webhooks.ts';

/** Early warning: risk, disruptions, stress tests, alerts and who is told. */
export const routes: readonly Route[] = [
  ...riskRoutes,
  ...disruptionRoutes,
  ...stressTestRoutes,
  ...alertRoutes,
  ...webhookRoutes,
  ...exchangeRoutes,
  ...publicationRoutes,
];
