import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedName } from '../../../functions/api/repeated-name.ts';
import { runs } from '../../support/runs.ts';

describe('a name that an object has twice', () => {
  it.each([
    ['{"a":1,"a":1}', '/a'],
    ['{"price":{"amount":"1","unit":"kg","amount":"2"}}', '/price/amount'],
    ['[{"a":1},{"b":[0,{"c":[],"c":{}}]}]', '/1/b/1/c'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"a~/b":1,"a~/b":2}', '/a~0~1b'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    ['{"":{"":1},"":0}', '/'],
    [' { "a" : "}\\"{" , "a" : [ ] } ', '/a'],
  ])('is found in %s', (text, pointer) => {
    expect(repeatedName(text)).toBe(pointer);
  });

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    '"a"',
    '{}',
    '{"a":"\\"a\\":","b":1}',
  ])('is not found in %s', (text) => {
    expect(repeatedName(text)).toBeUndefined();
  });

  it('is found wherever it is put, and nowhere else', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.integer({ min: 0 }), (text, place) => {
        expect(repeatedName(text)).toBeUndefined();
        const names = [...text.matchAll(/(?<=[{,])("(?:[^"\\]|\\.)*"):/g)];
        const chosen = names[place % Math.max(1, names.length)];
        if (chosen === undefined) return;
        const twice = `${text.slice(0, chosen.index)}${chosen[1]!}:0,${text.slice(chosen.index)}`;
        expect(repeatedName(twice)).toBeDefined();
      }),
      { numRuns: runs(300) },
    );
  });

  it('is looked for as deep as a body can go', () => {
    const deep = 100_000;
    expect(repeatedName(`${'['.repeat(deep)}{"a":1,"a":2}${']'.repeat(deep)}`)).toMatch(/\/0\/a$/);
  });
});
