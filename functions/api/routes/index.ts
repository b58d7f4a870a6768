import type { Route } from '../route.ts';
import { alertRoutes } from './alerts.ts';
import { amendmentRoutes } from './amendments.ts';
import { agreementRoutes } from './agreements.ts';
import { bidRoutes } from './bids.ts';
import { certificateRoutes } from './certificates.ts';
import { clearingRoutes } from './clearings.ts';
import { contractLifeRoutes } from './contract-life.ts';
import { contractRoutes } from './contracts.ts';
import { deliveryRoutes } from './deliveries.ts';
import { disruptionRoutes } from './disruptions.ts';
import { exchangeRoutes } from './exchange.ts';
import { floorRoutes } from './floors.ts';
import { indexValueRoutes } from './index-values.ts';
import { marketRoutes } from './markets.ts';
import { offerRoutes } from './offers.ts';
import { organisationRoutes } from './organisations.ts';
import { poolRoutes } from './pools.ts';
import { previewRoutes } from './previews.ts';
import { productRoutes } from './products.ts';
import { programmeRoutes } from './programmes.ts';
import { projectRoutes } from './projects.ts';
import { publicationRoutes } from './publications.ts';
import { referencePriceRoutes } from './reference-prices.ts';
import { riskRoutes } from './risk.ts';
import { schemeRoutes } from './schemes.ts';
import { settlementRoutes } from './settlements.ts';
import { siteRoutes } from './sites.ts';
import { stockLotRoutes } from './stock-lots.ts';
import { stockAccountRoutes } from './stock-accounts.ts';
import { stockLoanRoutes } from './stock-loans.ts';
import { stockReleaseRoutes } from './stock-releases.ts';
import { stockpileRoutes } from './stockpiles.ts';
import { standardTermsRoutes } from './standard-terms.ts';
import { standardsRoutes } from './standards.ts';
import { statementRoutes } from './statements.ts';
import { stressTestRoutes } from './stress-tests.ts';
import { webhookRoutes } from './webhooks.ts';
import { surveillanceRoutes } from './surveillance.ts';
import { zoneRoutes } from './zones.ts';

/** Every route of the API, in the order in which the reference lists them. */
export const routes: readonly Route[] = [
  ...organisationRoutes,
  ...productRoutes,
  ...standardTermsRoutes,
  ...zoneRoutes,
  ...schemeRoutes,
  ...standardsRoutes,
  ...floorRoutes,
  ...referencePriceRoutes,
  ...indexValueRoutes,
  ...siteRoutes,
  ...certificateRoutes,
  ...offerRoutes,
  ...bidRoutes,
  ...poolRoutes,
  ...clearingRoutes,
  ...previewRoutes,
  ...programmeRoutes,
  ...agreementRoutes,
  ...contractRoutes,
  ...contractLifeRoutes,
  ...deliveryRoutes,
  ...amendmentRoutes,
  ...stockpileRoutes,
  ...stockAccountRoutes,
  ...stockLoanRoutes,
  ...stockReleaseRoutes,
  ...stockLotRoutes,
  ...settlementRoutes,
  ...statementRoutes,
  ...marketRoutes,
  ...riskRoutes,
  ...disruptionRoutes,
  ...stressTestRoutes,
  ...alertRoutes,
  ...webhookRoutes,
  ...surveillanceRoutes,
  ...exchangeRoutes,
  ...publicationRoutes,
  ...projectRoutes,
];
