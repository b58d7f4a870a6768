const maximumOrganisations = 10_000;

/**
 * Sets an organisation's entry and puts it at the end, so that the first of the map is the one that has been quiet for
 * longest; that one goes where there are too many.
 */
export function keepRecent<Value>(map: Map<string, Value>, organisation: string, value: Value): void {
  map.delete(organisation);
  map.set(organisation, value);
  const quietest = map.keys().next().value;
  if (map.size > maximumOrganisations && quietest !== undefined) map.delete(quietest);
}
