import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket } from '../../support/market.ts';
import { fullMarkets } from '../../support/full-markets.ts';
import { markets } from '../../support/markets.ts';
import {
  type Leaf,
  alter,
  copyOf,
  forgeDigest,
  hitOf,
  leavesOf,
  tamperings,
} from '../../support/tampering.ts';
import { dearRuns, runs, seenIn } from '../../support/runs.ts';

const pointersOf = (proof: unknown): string[] => verify(proof).failures.map(({ pointer }) => pointer);

/** The scale of duals that are all zero is that of nothing. */
const isIdleScale = ({ holder, name }: Leaf): boolean =>
  name === 'scale' && Object.values(holder).every((list) => !Array.isArray(list) || list.length === 0);

/** Random proofs, as they are read from a file. */
const proofs = markets.map((market) => copyOf(must(clearAndProve(market.snapshot())).proof));

const fullProofs = fullMarkets.map((snapshot) => copyOf(must(clearAndProve(snapshot)).proof));

/** Idle supply below a floor: every trade pays a levy, whatever random markets hold. */
const levied = copyOf(
  must(
    clearAndProve(
      aMarket()
        .zone()
        .floor('95.00')
        .offer('a', 'CL', '70.00', '20')
        .bid('x', 'DE', '120.00', '10')
        .bid('y', 'DE', '110.00', '5')
        .snapshot(),
    ),
  ).proof,
);

describe('a tampered proof', () => {
  test('fails at the line, whatever was done to a trade and however well its digest was forged', () => {
    const hits = new Map<string, number>();
    fc.assert(
      fc.property(proofs, fc.nat(1000), (proof, choice) => {
        for (const [name, tampering] of Object.entries(tamperings)) {
          const copy = copyOf(proof);
          const hit = hitOf(copy, choice);
          const expected = hit && tampering(hit);
          if (expected === undefined) continue;
          expect(copy, name).not.toEqual(proof);
          hits.set(name, (hits.get(name) ?? 0) + 1);
          expect(pointersOf(copy), name).toContainEqual(expect.stringMatching(expected));
        }
      }),
      { numRuns: runs(120), examples: [[levied, 0]] },
    );
    for (const name of Object.keys(tamperings))
      expect(hits.get(name) ?? 0, name).toBeGreaterThanOrEqual(seenIn(1));
  });

  test('fails wherever a single value is another, and points there or to what no longer fits it', () => {
    const hits = new Map<string, number>();
    fc.assert(
      fc.property(fc.oneof(proofs, fullProofs), fc.infiniteStream(fc.nat()), (proof, choices) => {
        for (let round = 0; round < 10; round++) {
          const copy = copyOf(proof);
          const leaves = leavesOf(copy).filter((leaf) => leaf.pointer !== '/format' && !isIdleScale(leaf));
          const outside = leaves.filter(({ pointer }) => !pointer.startsWith('/snapshot'));
          const among = round % 2 === 0 ? leaves : outside;
          const leaf = among[(choices.next().value as number) % among.length]!;
          alter(leaf);
          const [, section = '', index = ''] = leaf.pointer.split('/');
          hits.set(section, (hits.get(section) ?? 0) + 1);
          const expected = {
            snapshot: /^\/(inputDigest|snapshot)/,
            quarters: new RegExp(`^/(quarters(/${index}(/|$)|$)|levyTotal|contracts)`),
          }[section];
          expect(pointersOf(copy), leaf.pointer).toContainEqual(
            expect.stringMatching(expected ?? new RegExp(`^/${section}`)),
          );
        }
      }),
      { numRuns: dearRuns(120, 60) },
    );
    for (const section of ['snapshot', 'quarters', 'inputDigest', 'clearing', 'levyTotal', 'contracts'])
      expect(hits.get(section) ?? 0, section).toBeGreaterThanOrEqual(seenIn(1));
  });

  test('fails where a value is moved to an origin that nobody offers from, though no pair has need of it', () => {
    // The bid wants all of its lots or none, and its cap lets through half: the two can never trade.
    const proof = copyOf(
      must(
        clearAndProve(
          aMarket()
            .offer('a', 'AU', '70.00', '20')
            .bid('x', 'JP', '120.00', '6', { maxOriginShare: '0.5', allOrNone: true })
            .snapshot(),
        ),
      ).proof,
    );
    const [value] = proof.quarters[0]?.bound?.capValue ?? [];
    expect(value?.origin).toBe('AU');
    expect(pointersOf(proof)).toEqual([]);
    value!.origin = 'A1';
    expect(pointersOf(proof)).toContain('/quarters/0/bound/capValue/0');
  });

  test('is not one where nothing was changed: the digest that fits it is the one that it had', () => {
    fc.assert(
      fc.property(proofs, (proof) => {
        const before = proof.inputDigest;
        expect(forgeDigest(proof).inputDigest).toBe(before);
        expect(pointersOf(proof)).toEqual([]);
      }),
      { numRuns: runs(50) },
    );
  });
});
