import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { basisOf } from '../../../infra/local/sample/basis.ts';
import {
  columns,
  fitted,
  grouped,
  percent,
  quarterSpan,
  table,
  wrapped,
} from '../../../infra/local/sample/format.ts';
import { sampleProducts } from '../../../infra/local/sample/market.ts';
import { sources } from '../../../infra/local/sample/sources.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';

describe('figures for people', () => {
  it.each([
    ['0', 0, '0'],
    ['999', 0, '999'],
    ['1000', 0, '1,000'],
    ['1234567.50', 2, '1,234,567.50'],
    ['1234567.50', 0, '1,234,567.5'],
    ['110.00', 0, '110'],
    ['110', 2, '110.00'],
    ['0.0375', 2, '0.0375'],
  ])('%s with at least %d digits reads %s', (value, digits, text) => {
    expect(grouped(decimal(value), digits)).toBe(text);
  });

  it('shares are in per cent with one digit, rounded down', () => {
    expect(percent(decimal('97'), decimal('150'))).toBe('64.6 %');
    expect(percent(decimal('1'), decimal('1'))).toBe('100.0 %');
    expect(percent(decimal('1'), decimal('0'))).toBe('–');
  });

  it('spans of quarters are short', () => {
    expect(quarterSpan('2027-Q1', '2028-Q4')).toBe('Q1/27–Q4/28');
    expect(quarterSpan('2027-Q1', '2027-Q1')).toBe('Q1/27');
  });

  it('names are cut to their column, with an ellipsis', () => {
    expect(fitted('Nine Willows', 5)).toBe('Nine…');
    expect(fitted('Nine', 6)).toBe('Nine  ');
  });

  it('columns of numbers line up on the right', () => {
    expect(
      table(
        [
          ['a', 'kg'],
          ['bb', '1,000'],
        ],
        [1],
      ),
    ).toEqual(['a      kg', 'bb  1,000']);
  });

  it('lines stay within the terminal', () => {
    const lines = wrapped('word '.repeat(60).trim(), 4);
    expect(lines.length).toBeGreaterThan(2);
    expect(Math.max(...lines.map((line) => line.length + 4))).toBeLessThanOrEqual(columns);
  });
});

describe('the basis of the sample', () => {
  it('names a source or the word assumed in every line about figures', () => {
    for (const product of sampleProducts) {
      const [supply, asks, demand] = basisOf(product);
      expect(supply).toMatch(/^Supply: .*\(assumed\).*(IEA|USGS)/);
      expect(asks).toMatch(/^Asks: .*USD.*20\d\d.*\(assumed\)/);
      expect(demand).toMatch(/^Demand: .*\(assumed\).*(IEA|USGS)/);
    }
    expect(basisOf(sampleProducts[1]!).join('\n')).toContain(
      'Not known: US consumption (withheld, USGS 2026)',
    );
  });

  it('is documented: docs/sources.md lists every source', () => {
    const text = readFileSync(new URL('../../../docs/sources.md', import.meta.url), 'utf8').replaceAll(
      /\s+/g,
      ' ',
    );
    expect(Object.values(sources).filter(({ title }) => !text.includes(title))).toEqual([]);
  });
});
