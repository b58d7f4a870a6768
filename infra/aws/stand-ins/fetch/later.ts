/** `fetch` in place of Node's own in the bundles, read when it is first called. */
export const fetch = async (...call: Parameters<typeof import('./fetch.ts').fetch>) => {
  const { fetch } = await import('./fetch.ts');
  return fetch(...call);
};
