import type { Route } from '../../route.ts';
import { certificateRoutes } from '../certificates.ts';
import { projectRoutes } from '../projects.ts';
import { siteRoutes } from '../sites.ts';

/** Sites, their certificates, and projects that will be sites. */
export const routes: readonly Route[] = [...siteRoutes, ...certificateRoutes, ...projectRoutes];
