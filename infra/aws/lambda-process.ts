/**
 * In place of `node:process` in the bundles: importing that module touches every one of its exports, and so opens the
 * standard streams, of which no Lambda reads one.
 */
export const { env, versions } = process;
