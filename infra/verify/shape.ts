/*
 * The shape of a proof, as far as verification reads it: a pattern for a string, `flag`, `count`, a list of one
 * shape, or an object; names that end in "?" may be missing or null. Its type follows from it.
 */
type Shape = RegExp | 'flag' | 'count' | readonly [Shape] | { readonly [name: string]: Shape };
type Of<S> = S extends RegExp
  ? string
  : S extends 'flag'
    ? boolean
    : S extends 'count'
      ? number
      : S extends readonly [infer Item]
        ? readonly Of<Item>[]
        : { readonly [Name in keyof S as Name extends `${string}?` ? never : Name]: Of<S[Name]> } & {
            readonly [Name in keyof S as Name extends `${infer Bare}?` ? Bare : never]?: Of<S[Name]> | null;
          };

const text = /^[^]+$/;
const integer = /^(0|[1-9]\d*)$/;
const decimal = /^\d+(\.\d+)?$/;
const quarter = /^\d{4}-Q[1-4]$/;
const date = /^\d{4}-\d\d-\d\d$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const price = { amount: decimal, currency: text, per: text } as const;
const quantity = { amount: decimal, unit: text } as const;
const schedule = [{ quarter, quantity }] as const;
const requirement = { scheme: text, 'level?': text } as const;
const orderShape = {
  id: text,
  price,
  party: text,
  group: text,
  remaining: schedule,
  'validUntil?': instant,
  'priceTerms?': { kind: text, 'reference?': text },
  'minimumLot?': quantity,
  'allOrNone?': 'flag',
  'minimumQuarters?': 'count',
} as const;
const duals = {
  scale: integer,
  scarcity: [{ offer: text, value: integer }],
  surplus: [{ bid: text, value: integer }],
  capValue: [{ bid: text, origin: text, value: integer }],
  limitValue: [{ zone: text, origin: text, value: integer }],
} as const;
const flow = {
  offer: text,
  bid: text,
  lots: integer,
  price: integer,
  landed: integer,
  duties: integer,
  levy: integer,
} as const;

const snapshot = {
  clearing: text,
  gateClosure: instant,
  product: {
    id: text,
    mineral: text,
    stage: text,
    unit: text,
    currency: text,
    lot: quantity,
    priceTick: price,
    'floorRequired?': 'flag',
    'containedFactor?': decimal,
  },
  zones: [
    {
      id: text,
      members: [text],
      'maxOriginShare?': decimal,
      'barredOrigins?': [text],
      'equivalentOrigins?': [{ origin: text, 'product?': text }],
      'verifiedSitesOnly?': 'flag',
    },
  ],
  consumption: [{ zone: text, product: text, quarters: schedule }],
  'originUse?': [{ origin: text, destination: text, quarter, quantity }],
  floors: [
    {
      id: text,
      product: text,
      zone: text,
      price,
      borderAdjusted: 'flag',
      status: text,
      'approvedAt?': instant,
      effectiveFrom: date,
      'effectiveTo?': date,
      'duties?': [{ origin: text, 'destination?': text, rate: decimal }],
    },
  ],
  standards: [
    {
      id: text,
      product: text,
      zone: text,
      topics: [{ anyOf: [requirement] }],
      'minimumAssurance?': text,
      'renewalCovenant?': 'flag',
      effectiveFrom: date,
      'effectiveTo?': date,
    },
  ],
  schemes: [{ id: text, levels: [text], stages: [text], minerals: [text], assurance: text }],
  sites: [{ id: text, country: text, verified: 'flag' }],
  certificates: [
    {
      id: text,
      site: text,
      scheme: text,
      'level?': text,
      validFrom: date,
      validTo: date,
      status: text,
      'minerals?': [text],
      'stages?': [text],
    },
  ],
  offers: [{ ...orderShape, site: text, 'destinations?': [text], 'purity?': decimal }],
  bids: [
    {
      ...orderShape,
      destination: text,
      'minimumPurity?': decimal,
      'requires?': [requirement],
      'excludedOrigins?': [text],
      'maxOriginShare?': decimal,
      requested: schedule,
      contractedByOrigin: [{ quarter, quantity, origin: text }],
    },
  ],
} as const;

export const proofShape = {
  clearing: text,
  inputDigest: /^[0-9a-f]{64}$/,
  snapshot,
  rejected: [{ order: text, code: text }],
  quarters: [{ quarter, flows: [flow], prices: duals, 'bound?': duals, primal: integer, dual: integer }],
  levyTotal: { amount: decimal, currency: text },
  contracts: 'count',
} as const satisfies Shape;
export type Proof = Of<typeof proofShape>;
export type Snapshot = Proof['snapshot'];
export type OfferJson = Snapshot['offers'][number];
export type BidJson = Snapshot['bids'][number];
export type Duals = Proof['quarters'][number]['prices'];

/** Calls `fail` for whatever in `value` has not the shape, with the JSON pointer to it. */
export function checkShape(
  value: unknown,
  shape: Shape,
  fail: (pointer: string, problem: string) => void,
  at = '',
): void {
  const is = (right: boolean, what: string): void => {
    if (!right) fail(at, `expected ${what}`);
  };
  if (shape instanceof RegExp)
    is(typeof value === 'string' && shape.test(value), `text like ${shape.source}`);
  else if (shape === 'flag') is(typeof value === 'boolean', 'true or false');
  else if (shape === 'count') is(Number.isSafeInteger(value) && Number(value) >= 0, 'a count');
  else if (isList(shape)) {
    if (!Array.isArray(value)) is(false, 'a list');
    else for (const [index, item] of value.entries()) checkShape(item, shape[0], fail, `${at}/${index}`);
  } else if (typeof value !== 'object' || value === null) is(false, 'an object');
  else
    for (const [name, part] of Object.entries(shape)) {
      const bare = name.replace(/\?$/, '');
      const inner = (value as Record<string, unknown>)[bare];
      if (bare !== name && (inner === undefined || inner === null)) continue;
      checkShape(inner, part, fail, `${at}/${bare}`);
    }
}
const isList = (shape: object): shape is readonly [Shape] => Array.isArray(shape);
