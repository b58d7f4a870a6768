import type { Described, JsonSchema } from './schema.ts';

/** A value that is put in the place of a field's own. `raw` stands in the text as it is: not all of it is JSON's to write. */
export type Hostile = { readonly value: unknown } | { readonly raw: string };

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const anywhere: readonly Hostile[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, 1e21, '', ' ', 'x', [], {}, [null], [[]], { a: 1 }].map((value) => ({
    value,
  })),
  ...['\u0000', '\u202e\u2066', '\ufeff', 'a\nb', '../..', "'; DROP TABLE", '${7*7}', '<script>', '💥'].map(
    (value) => ({
      value,
    }),
  ),
  ...['__proto__', 'constructor', 'toString', '#', 'ORDER#1', '9'.repeat(20_000)].map((value) => ({ value })),
  ...['1e999', '-1e999', '1e-999', '-0', '9'.repeat(400), '0.'.padEnd(400, '3')].map((raw) => ({ raw })),
  ...['"\\ud800"', '"\\udfff\\ud800"', '{"__proto__":{"roles":["administrator"]}}', '{"toString":1}'].map(
    (raw) => ({ raw }),
  ),
  ...[nested(2000), `{"a":${nested(50_000)}}`, '{"amount":"1","amount":"2"}', '{"length":1e9}'].map(
    (raw) => ({ raw }),
  ),
];

const numerals = [
  ...[
    '-1',
    '+1',
    '0',
    '-0',
    '00',
    '0.0',
    '1.',
    '.1',
    '1e5',
    '1E400',
    '0x1F',
    'NaN',
    'Infinity',
    '1,000',
    ' 1',
    '1 ',
  ],
  ...['１２', '١٢', '1_000', '1\n', '9'.repeat(39), '9'.repeat(400), `0.${'0'.repeat(399)}1`, '0.0000000001'],
];

const dates = [
  ...[
    '2027-02-29',
    '2027-13-01',
    '0000-01-01',
    '9999-12-31',
    '-000001-01-01',
    '2027-1-1',
    '2027-01-01T24:00:00Z',
  ],
  ...['2027-Q0', '2027-Q5', '0000-Q1', '9999-Q4', '2027-q1', '2027-Q1 ', '2027-Q1\n'],
];

/** What to try in a field of this schema whose value is `own`: what is hostile anywhere, and what lies just beyond its bounds. */
export function hostileTo(described: Described, schema: JsonSchema, own: unknown): Hostile[] {
  const beyond = described.alternatives(schema).flatMap((each) => bounds(each, own));
  const like =
    typeof own === 'string' ? [...numerals, ...dates, `${own} `, `${own}\n`, own.toLowerCase()] : [];
  return [...anywhere, ...[...like, ...beyond].map((value) => ({ value }))];
}

const mostItems = 3000;

function bounds(schema: JsonSchema, own: unknown): unknown[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems } = schema;
  const around = (bound: number | undefined): number[] =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1];
  const text = [...around(minLength), ...around(maxLength)]
    .filter((length) => length >= 0 && length < 100_000)
    .map((length) => 'a'.repeat(length));
  const lists = Array.isArray(own) && own.length > 0 ? [...around(minItems), ...around(maxItems), 2] : [];
  const items = lists
    .filter((length) => length >= 0 && length <= mostItems)
    .map((length): unknown[] => Array.from({ length }, () => (own as unknown[])[0]));
  return [...text, ...items, ...around(minimum), ...around(maximum)];
}
