import type { Route } from '../../route.ts';
import { floorRoutes } from '../floors.ts';
import { organisationRoutes } from '../organisations.ts';
import { productRoutes } from '../products.ts';
import { schemeRoutes } from '../schemes.ts';
import { standardTermsRoutes } from '../standard-terms.ts';
import { standardsRoutes } from '../standards.ts';
import { zoneRoutes } from '../zones.ts';

/** Who and what is traded, and under which rules. */
export const routes: readonly Route[] = [
  ...organisationRoutes,
  ...productRoutes,
  ...standardTermsRoutes,
  ...zoneRoutes,
  ...schemeRoutes,
  ...standardsRoutes,
  ...floorRoutes,
];
