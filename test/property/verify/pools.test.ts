import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket, type MarketBuilder } from '../../support/market.ts';
import { runs, seenIn } from '../../support/runs.ts';

const amounts = fc.record({
  '2027-Q1': fc.integer({ min: 1, max: 40 }).map(String),
  '2027-Q2': fc.integer({ min: 1, max: 40 }).map(String),
});
const member = fc.record({
  destination: fc.constantFrom('DE', 'JP', 'US', 'FR'),
  amounts,
  least: fc.constantFrom(0, 0.5, 0.9),
  group: fc.constantFrom('group-A', 'group-B', undefined),
});
const supply = fc.record({
  country: fc.constantFrom('AU', 'CL', 'CN'),
  ask: fc.integer({ min: 80, max: 118 }),
  amounts,
  own: fc.boolean(),
});
const markets = fc.record({
  offers: fc.array(supply, { minLength: 1, maxLength: 4 }),
  members: fc.array(member, { minLength: 1, maxLength: 5 }),
  limit: fc.integer({ min: 95, max: 130 }),
  beside: amounts,
  floor: fc.constantFrom(undefined, '90.00', '105.00'),
  cap: fc.constantFrom(undefined, '0.50'),
  zoneCap: fc.boolean(),
});

type Spec = typeof markets extends fc.Arbitrary<infer Of> ? Of : never;

function builderOf({ offers, members, limit, beside, floor, cap, zoneCap }: Spec): MarketBuilder {
  const market = aMarket().zone(zoneCap ? { maxOriginShare: '0.60' } : {});
  if (zoneCap) market.consumption('2027-Q1', '50');
  if (floor !== undefined)
    market.floor(floor, {
      duties: [
        { origin: 'CL', destination: 'JP', rate: '0.10' },
        { origin: 'CL', rate: '0.03' },
      ],
    });
  for (const [index, { country, ask, amounts: lots, own }] of offers.entries())
    market.offer(`S${index}`, country, `${ask}.00`, lots, own ? { group: 'group-B' } : {});
  const named = members.map(({ destination, amounts: lots, least, group }, index) => {
    const minimum = Math.floor(least * Math.min(...Object.values(lots).map(Number)));
    return [
      `M${index}`,
      {
        ...{ destination, amounts: lots },
        ...(minimum > 0 ? { minimum: String(minimum) } : {}),
        ...(group === undefined ? {} : { group }),
      },
    ] as const;
  });
  market.pool(
    'P',
    `${limit}.00`,
    Object.fromEntries(named),
    cap === undefined ? {} : { maxOriginShare: cap },
  );
  return market.bid('X', 'DE', '110.00', beside);
}

const proofOf = (spec: Spec) => must(clearAndProve(builderOf(spec).snapshot()));

describe('the proof of a clearing with a pool', () => {
  test('is verified', () => {
    let traded = 0;
    let absent = 0;
    fc.assert(
      fc.property(markets, (spec) => {
        const { proof, awards, absent: out } = proofOf(spec);
        if (awards.some((award) => award.member !== undefined)) traded += 1;
        if (out.length > 0) absent += 1;
        expect(verify(proof).failures).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
    expect(traded).toBeGreaterThanOrEqual(seenIn(50));
    expect(absent).toBeGreaterThanOrEqual(seenIn(1));
  });

  test('fails where what members get, pay or asked for is changed', () => {
    const spec: Spec = {
      offers: [{ country: 'CL', ask: 90, amounts: { '2027-Q1': '20', '2027-Q2': '20' }, own: false }],
      members: [
        { destination: 'DE', amounts: { '2027-Q1': '30', '2027-Q2': '10' }, least: 0, group: undefined },
        { destination: 'JP', amounts: { '2027-Q1': '10', '2027-Q2': '10' }, least: 0, group: undefined },
      ],
      ...{ limit: 120, beside: { '2027-Q1': '1', '2027-Q2': '1' }, floor: '105.00' },
      ...{ cap: undefined, zoneCap: false },
    };
    const changes: ((proof: ReturnType<typeof proofOf>['proof']) => void)[] = [
      ({ quarters }) => {
        // A lot from one member to the other, and another.
        const [a, b] = quarters[0]!.flows.filter(({ member: whose }) => whose !== undefined);
        a!.lots = String(Number(a!.lots) - 3);
        b!.lots = String(Number(b!.lots) + 3);
      },
      ({ quarters }) => {
        quarters[0]!.flows.find(({ member: whose }) => whose !== undefined)!.duties += '0';
      },
      ({ quarters }) => {
        const flow = quarters[0]!.flows.find(({ member: whose }) => whose !== undefined)!;
        flow.levy = String(Number(flow.levy) + 1);
        flow.landed = String(Number(flow.landed) + 1);
      },
      ({ quarters }) => {
        delete quarters[0]!.flows.find(({ member: whose }) => whose !== undefined)!.member;
      },
      ({ snapshot }) => {
        snapshot.members![0]!.destination = 'JP';
      },
      ({ snapshot }) => {
        snapshot.members![0]!.minimum = { amount: '30', unit: 'kg' };
      },
      (proof) => {
        proof.absent = [{ member: proof.snapshot.members![0]!.id, quarter: '2027-Q1' }];
      },
    ];
    expect(verify(proofOf(spec).proof).failures).toEqual([]);
    for (const change of changes) {
      const { proof } = proofOf(spec);
      change(proof);
      expect(verify(proof).verified, change.toString()).toBe(false);
    }
  });
});
