/** A value as items hold it: text, exact integers, flags, lists and maps. */
export type Attribute =
  | string
  | bigint
  | number
  | boolean
  | null
  | readonly Attribute[]
  | { readonly [name: string]: Attribute | undefined };

/** One condition, named for what it protects, before it is joined with others. */
export interface Clause {
  readonly name: string;
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, Attribute>>;
}

/** What a condition or update expression needs beside its text. */
export interface Expression {
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, Attribute>;
}

/** All of the clauses must hold. Two clauses may not use one placeholder for different things. */
export function allOf(...clauses: readonly Clause[]): Expression {
  return {
    expression: clauses.map((clause) => `(${clause.expression})`).join(' AND '),
    names: mergePlaceholders(clauses.map((clause) => clause.names ?? {})),
    values: mergePlaceholders(clauses.map((clause) => clause.values ?? {})),
  };
}

export function mergePlaceholders<T>(parts: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const part of parts) {
    for (const [placeholder, value] of Object.entries(part)) {
      if (placeholder in merged && merged[placeholder] !== value)
        throw new Error(`placeholder ${placeholder} stands for two things`);
      merged[placeholder] = value;
    }
  }
  return merged;
}

/** The item is not there yet: creation wins once. */
export const doesNotExist: Clause = { name: 'doesNotExist', expression: 'attribute_not_exists(pk)' };

export const exists: Clause = { name: 'exists', expression: 'attribute_exists(pk)' };

/** Nobody has changed the item since it was read. */
export const versionIs = (version: number): Clause => ({
  name: 'versionIs',
  expression: '#version = :expectedVersion',
  names: { '#version': 'version' },
  values: { ':expectedVersion': version },
});
