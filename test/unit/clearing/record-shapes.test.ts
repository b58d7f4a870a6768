import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import {
  clearingOutcomeSchema,
  clearingSchema,
  clearingStatuses,
  marketFiguresSchema,
  marketRunSchema,
  noFigures,
  noOutcome,
} from '../../../shared/clearing/documents/record.ts';

const usd = { amount: '12.50', currency: 'USD' };
const perKg = { ...usd, per: 'kg' };
const outcome = {
  contracts: 2,
  quarters: [
    {
      quarter: '2027-Q1',
      volume: { amount: '5', unit: 'kg' },
      landedPrice: { low: perKg, high: perKg },
      optimality: { primal: '123456789012345678901', dual: '-3', gap: '0' },
    },
    { quarter: '2027-Q2', volume: { amount: '0', unit: 'kg' }, landedPrice: null, optimality: null },
  ],
  floors: [{ id: `flr_${'0'.repeat(26)}`, version: 1, zone: 'partners', price: perKg, borderAdjusted: true }],
  standards: [{ id: `std_${'0'.repeat(26)}`, version: 2, zone: 'partners' }],
  ...{ levyTotal: usd, supportTotal: usd, inputDigest: 'a'.repeat(64), contractsDigest: 'b'.repeat(64) },
};
const record = {
  ...{ id: `clr_${'0'.repeat(26)}`, product: 'ndpr-oxide', status: 'completed' },
  requestedAt: '2026-11-22T11:00:00.000Z',
  ...{ gateClosure: '2026-11-22T12:00:00.000Z', endedAt: '2026-11-22T12:00:01.000Z' },
  ...outcome,
};
const held = { lots: '5', parties: 1, topLots: '5' };
const trade = { lots: '5', sellers: { parties: 1, topLots: '5' }, buyers: { parties: 2, topLots: '3' } };
const figures = {
  depth: [{ quarter: '2027-Q1', supply: { ...held, unfilled: held }, demand: { ...held, unfilled: held } }],
  quarters: [{ quarter: '2027-Q1', ...trade, landedPrice: { low: perKg, high: perKg } }],
  total: trade,
  origins: [{ origin: 'AU', ...trade }],
  counted: { zones: 'c'.repeat(64), hides: true },
};
const run = {
  ...{ run: 1, clearing: record.id, status: 'failed', contracts: 0, floors: outcome.floors },
  ...{ gateClosure: record.gateClosure, endedAt: record.endedAt, levyTotal: usd, supportTotal: null },
  ...figures,
};
const shapes = [
  ['clearing', clearingSchema, { ...record, reason: 'internal', scheduledFor: record.requestedAt }],
  ['outcome', clearingOutcomeSchema, outcome],
  ['figures', marketFiguresSchema, figures],
  ['run', marketRunSchema, run],
] as const;

const freeText = new Set(['reason', 'inputDigest', 'contractsDigest']);

/** Every path to a value in a JSON document. */
function* pathsIn(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    yield [...path, key];
    yield* pathsIn(each, [...path, key]);
  }
}

const changed = (value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown => {
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  if (rest.length > 0) copy[key!] = changed(copy[key!], rest, to);
  else copy[key!] = to;
  return copy;
};

describe.each(shapes)('the stored %s', (_, schema: z.ZodType, json) => {
  it('reads and writes the same', () => {
    expect(z.encode(schema, z.decode(schema, json))).toEqual(json);
  });

  it('refuses what is unknown or of a wrong kind, wherever it stands', () => {
    expect(schema.safeDecode({ ...json, other: 1 }).success).toBe(false);
    for (const path of pathsIn(json)) {
      expect(schema.safeDecode(changed(json, path, () => 1)).success, path.join('.')).toBe(false);
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], json);
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        expect(schema.safeDecode(changed(json, [...path, 'other'], 1)).success, path.join('.')).toBe(false);
      if (typeof value === 'number') expect(schema.safeDecode(changed(json, path, -1)).success).toBe(false);
      if (typeof value === 'string' && !freeText.has(path.at(-1)!))
        for (const wrong of [`${value}!`, `!${value}`])
          expect(schema.safeDecode(changed(json, path, wrong)).success, `${path.join('.')} ${wrong}`).toBe(
            false,
          );
    }
  });
});

describe('a record', () => {
  it('lists what a clearing can be, and begins without any outcome', () => {
    expect(clearingStatuses).toEqual(['queued', 'clearing', 'committing', 'completed', 'failed']);
    expect(z.encode(clearingOutcomeSchema, noOutcome)).toEqual({
      ...{ contracts: 0, quarters: [], floors: [], standards: [] },
      ...{ levyTotal: null, supportTotal: null, inputDigest: null, contractsDigest: null },
    });
    expect(z.encode(marketFiguresSchema, noFigures)).toEqual({
      ...{ depth: [], quarters: [], total: null, origins: [] },
    });
  });
});
