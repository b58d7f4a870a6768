import type { Route } from '../route.ts';

/** Every route of the API, in the order in which the reference lists them. */
export const routes: readonly Route[] = [];
