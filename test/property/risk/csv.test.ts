import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf, parseCsv } from '../../../shared/wire/csv.ts';
import { runs } from '../../support/runs.ts';

const cell = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.array(fc.constantFrom('"', ',', '\r', '\n', 'a', ' '), { maxLength: 6 }).map((each) => each.join('')),
);
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 4 });

describe('CSV', () => {
  it('reads what was written as it was', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const text = csvOf(rows);
        fc.pre(!text.startsWith('\uFEFF'));
        expect(parseCsv(text)).toEqual(rows);
      }),
      { numRuns: runs(300) },
    );
  });

  it('takes any text, or says that it is none, and never more cells than it could hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('"', ',', '\r\n', '\n', 'ab', '\r'), { maxLength: 30 }),
        (parts) => {
          const text = parts.join('');
          const rows = parseCsv(text);
          if (rows !== undefined) expect(rows.flat().join('').length).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
