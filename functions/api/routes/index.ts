import type { Route } from '../route.ts';
import { certificateRoutes } from './certificates.ts';
import { floorRoutes } from './floors.ts';
import { organisationRoutes } from './organisations.ts';
import { productRoutes } from './products.ts';
import { schemeRoutes } from './schemes.ts';
import { siteRoutes } from './sites.ts';
import { standardsRoutes } from './standards.ts';
import { zoneRoutes } from './zones.ts';

/** Every route of the API, in the order in which the reference lists them. */
export const routes: readonly Route[] = [
  ...organisationRoutes,
  ...productRoutes,
  ...zoneRoutes,
  ...schemeRoutes,
  ...standardsRoutes,
  ...floorRoutes,
  ...siteRoutes,
  ...certificateRoutes,
];
