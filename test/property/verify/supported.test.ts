import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesRecord } from '../../../infra/verify/record.ts';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import type { Snapshot, SnapshotProgramme } from '../../../shared/clearing/snapshot.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket, price } from '../../support/market.ts';
import { markets } from '../../support/markets.ts';
import { runs, seenIn } from '../../support/runs.ts';

const usd = (units: bigint) => ({ amount: { units, scale: 2 }, currency: 'USD' as const });
const perKg = (units: bigint) => ({ ...usd(units), per: 'kg' as const });
const kg = (units: bigint) => ({ amount: { units, scale: 0 }, unit: 'kg' as const });

const programme = fc
  .record({
    left: fc.integer({ min: 0, max: 60_000 }),
    gap: fc.integer({ min: 500, max: 4_000 }),
    cap: fc.option(fc.integer({ min: 1_000, max: 20_000 })),
    zone: fc.constantFrom('partners', 'partners', 'union'),
    eligible: fc.constantFrom<SnapshotProgramme['eligible'][]>(
      {},
      {},
      { origins: ['AU', 'CL'] },
      { standards: [{ scheme: 'irma', level: '75' }] },
    ),
    from: fc.constantFrom('2027-Q1', '2027-Q1', '2027-Q2'),
    gate: fc.constantFrom(undefined, perKg(8_500n)),
  })
  .map(({ left, gap, cap, zone, eligible, from, gate }): Omit<SnapshotProgramme, 'id'> => ({
    ...{ version: 2, zone, reference: 'benchmark', eligible, from, to: '2039-Q4', rank: 100 },
    ...{ strike: perKg(11_000n), maximumGap: perKg(BigInt(gap)), left: usd(BigInt(left)) },
    ...(cap === null ? {} : { awardCap: usd(BigInt(cap)) }),
    ...(gate === undefined ? {} : { minimumReference: gate }),
  }));

/** Limits lowered, so that gaps are common; programmes that top them up; perhaps zones that cap origins. */
const supportedMarkets = fc
  .record({
    market: markets,
    lower: fc.constantFrom(0n, 2_000n, 3_000n),
    programmes: fc.array(programme, { minLength: 1, maxLength: 2 }),
    capped: fc.option(fc.constantFrom(30, 65)),
  })
  .map(({ market, lower, programmes, capped }): Snapshot => {
    const snapshot = market.reference('benchmark', '65.00').snapshot();
    return {
      ...snapshot,
      bids: snapshot.bids.map((bid) => ({
        ...bid,
        price: { ...bid.price, amount: { units: bid.price.amount.units - lower, scale: 2 } },
      })),
      programmes: programmes.map((each, index) => ({ ...each, id: `prg_${'0'.repeat(20)}${index}` })),
      ...(capped === null
        ? {}
        : {
            zones: snapshot.zones.map((zone) => ({
              ...zone,
              maxOriginShare: { units: BigInt(capped), scale: 2 },
            })),
            consumption: snapshot.zones.map(({ id, version, recordedAt, recordedBy }) => ({
              ...{ zone: id, product: snapshot.product.id, version, recordedAt, recordedBy },
              quarters: ['2027-Q1', '2027-Q2'].map((quarter) => ({ quarter, quantity: kg(20n) })),
            })),
          }),
    };
  });

interface ProofText {
  contracts: number;
  support: {
    next: string;
    flows: Record<string, string>[];
    quarters: { surplus: { value: string }[] }[];
  }[];
}
const proofOf = (snapshot: Snapshot): ProofText =>
  JSON.parse(JSON.stringify(must(clearAndProve(snapshot)).proof)) as ProofText;

describe('the proof of a support round', () => {
  test('is verified on random markets, by a verifier that shares no code with the engine', () => {
    const seen = { flows: 0, exhausted: 0 };
    fc.assert(
      fc.property(supportedMarkets, (snapshot) => {
        const proof = proofOf(snapshot);
        expect(verify(proof).failures).toEqual([]);
        for (const { flows } of proof.support) seen.flows += flows.length;
      }),
      { numRuns: runs(200) },
    );
    expect(seen.flows).toBeGreaterThanOrEqual(seenIn(10));
  });

  test('fails where a lot, a price, a value or a round was tampered with', () => {
    const market = () =>
      aMarket()
        .zone()
        .offer('mine', 'AU', '100.00', '10')
        .offer('pit', 'AU', '101.00', '10')
        .bid('smelter', 'DE', '70.00', '8')
        .bid('maker', 'DE', '90.00', '4')
        .programme('gap', { left: { amount: '150.00', currency: 'USD' } });
    const honest = proofOf(market().snapshot());
    expect(verify(honest)).toMatchObject({ verified: true, checked: { length: 10 } });
    const recorded = (amount: string) => {
      const known = { ...honest, id: (honest as unknown as { clearing: string }).clearing };
      const record = { ...known, supportTotal: { amount, currency: 'USD' } };
      return matchesRecord(verify(honest), honest, record, undefined).failures.map(({ pointer }) => pointer);
    };
    const paid = honest.support[0]!.flows.reduce(
      (sum, each) => sum + Number(each['support']) * Number(each['lots']),
      0,
    );
    expect(paid).toBeGreaterThan(0);
    expect(recorded((paid / 100).toFixed(2))).toEqual([]);
    expect(recorded('0.00')).toEqual(['/supportTotal']);
    const failures = (tamper: (proof: ReturnType<typeof proofOf>) => void): string[] => {
      const copy = structuredClone(honest);
      tamper(copy);
      return verify(copy).failures.map(({ pointer }) => pointer);
    };
    const flow = (name: string, value: string) => () =>
      failures((proof) => {
        proof.support[0]!.flows[0]![name] = value;
      });
    expect(flow('lots', '3')()).toContain('/support/0');
    expect(flow('lots', '11')()).toContain('/support/0/flows/0/lots');
    expect(flow('support', '999')()).toContain('/support/0/flows/0/support');
    expect(flow('price', '9999')()).toContain('/support/0/flows/0/price');
    expect(flow('quarter', '2027-Q2')()).toContain('/support/0/flows/0/lots');
    expect(failures((proof) => proof.support[0]!.flows.pop())).toContain('/contracts');
    expect(failures((proof) => void (proof.support[0]!.next = '1'))).toContain('/support/0/next');
    expect(failures((proof) => proof.support.pop())).toContain('/support');
    expect(failures((proof) => void (proof.support[0]!.quarters[0]!.surplus[0]!.value = '1'))).not.toEqual(
      [],
    );
    const gated = proofOf(market().snapshot());
    const copy = structuredClone(gated) as unknown as { snapshot: { references: { price: object }[] } };
    copy.snapshot.references[0]!.price = price('95.00');
    expect(verify(copy).failures.map(({ pointer }) => pointer)).toContain('/support/0/flows/0');
  });
});
