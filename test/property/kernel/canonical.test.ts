import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalPieces } from '../../../shared/kernel/digest.ts';

const json = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme', noUnicodeString: false });
const wide = fc.record({ list: fc.array(json, { minLength: 60, maxLength: 70 }), other: json });

describe('canonical JSON', () => {
  it('is what another implementation of RFC 8785 writes', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('sorts names by UTF-16 code units and writes numbers as the RFC’s own example does', () => {
    const example = {
      '€': 'Euro',
      '\r': 1e30,
      '😀': 4.5,
      '\ufb33': 2e-3,
      '1': 1e-27,
      ö: [56.0, { d: true, '10': null }],
    };
    expect(canonicalJson(example)).toBe(
      '{"\\r":1e+30,"1":1e-27,"ö":[56,{"10":null,"d":true}],"€":"Euro","😀":4.5,"\ufb33":0.002}',
    );
  });

  it('leaves out what is undefined and refuses what JSON has no text for', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    for (const value of [undefined, 1n, Number.NaN, Infinity, '\ud800', [undefined], () => 1])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('joins from its pieces, whatever their number', () => {
    fc.assert(
      fc.property(fc.oneof(json, wide), fc.integer({ min: 0, max: 5 }), (value, levels) => {
        expect([...canonicalPieces(value, levels)].join('')).toBe(canonicalJson(value));
      }),
      { numRuns: 300 },
    );
  });

  it('has no piece longer than an entry of a long list', () => {
    const value = {
      snapshot: { offers: Array.from({ length: 5000 }, (_, id) => ({ id, text: 'x'.repeat(100) })) },
    };
    const longest = Math.max(...[...canonicalPieces(value)].map((piece) => piece.length));
    expect(longest).toBeLessThan(200);
  });
});
