import type { Attribute } from './condition.ts';
import type { Update } from './action.ts';

/**
 * An update that sets top-level attributes to the values given and removes those given as `undefined`. Its
 * placeholders begin `#set_` and `:set_`, so that it never collides with a clause.
 */
export function assign(values: Readonly<Record<string, Attribute | undefined>>): Update {
  const entries = Object.entries(values);
  const sets = entries
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `#set_${name} = :set_${name}`);
  const removals = entries.filter(([, value]) => value === undefined).map(([name]) => `#set_${name}`);
  return {
    expression: [
      ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
      ...(removals.length === 0 ? [] : [`REMOVE ${removals.join(', ')}`]),
    ].join(' '),
    names: Object.fromEntries(entries.map(([name]) => [`#set_${name}`, name])),
    values: Object.fromEntries(
      entries.flatMap(([name, value]) => (value === undefined ? [] : [[`:set_${name}`, value]])),
    ),
  };
}
