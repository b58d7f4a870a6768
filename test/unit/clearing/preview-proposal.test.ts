import { describe, expect, it } from 'vitest';
import { proposedSnapshot } from '../../../shared/clearing/preview/proposal.ts';
import type { Regulation } from '../../../shared/pricing/zone-overlap.ts';
import { aMarket } from '../../support/market.ts';
import { floorAt, termsOf } from '../../support/previews.ts';

/** Gate closes at noon on 22 November 2026; JP lies in both zones. */
const snapshot = aMarket()
  .zone()
  .zone({ id: 'pacific', name: 'Pacific', members: ['JP', 'KR'] })
  .scheme()
  .floor('100.00')
  .rule()
  .snapshot();
type Terms = Parameters<typeof termsOf>[1];
const propose = (terms: Terms, standing: readonly Regulation[] = []) =>
  proposedSnapshot(snapshot, termsOf(snapshot, terms), standing);
/** The code, and each error's pointer. */
function problemOf(terms: Terms, standing?: readonly Regulation[]) {
  const result = propose(terms, standing);
  if (result.ok) throw new Error('it was accepted');
  const { code, errors = [] } = result.problem;
  return [code, ...errors.map(({ pointer }) => pointer)];
}
const proposed = (terms: Terms) => {
  const result = propose(terms);
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
};
const irma = (level: string) => [{ topic: 'any', anyOf: [{ scheme: 'irma', level }] }];

describe('a preview is refused', () => {
  it('where it names zones that do not exist, each by its place', () => {
    expect(
      problemOf({
        floors: [floorAt(9000), floorAt(9000, 'nowhere')],
        standards: [{ zone: 'nirgends', topics: irma('75') }],
        endFloors: ['nulle-part'],
        endStandards: ['partners', 'dokonimo'],
        maxOriginShare: '0.5',
        capZones: ['niente'],
      }),
    ).toEqual([
      'unknown_reference',
      '/floors/1/zone',
      '/standards/0/zone',
      '/endFloors/0',
      '/endStandards/1',
      '/capZones/0',
    ]);
  });

  it('where it supposes something of another product, or of a time that is over or ends before it begins', () => {
    const floor = (changes: object) => problemOf({ floors: [{ ...floorAt(9000), ...changes }] });
    expect(floor({ product: 'cobalt' })).toEqual(['invalid_request', '/floors/0/product']);
    expect(floor({ effectiveTo: '2026-11-21' })).toEqual(['invalid_request', '/floors/0/effectiveTo']);
    expect(floor({ effectiveFrom: '2027-02-01', effectiveTo: '2027-01-31' })).toEqual([
      'invalid_request',
      '/floors/0/effectiveTo',
    ]);
    expect(problemOf({ standards: [{ zone: 'partners', topics: irma('75'), product: 'cobalt' }] })).toEqual([
      'invalid_request',
      '/standards/0/product',
    ]);
    for (const dates of [
      { effectiveTo: '2026-11-22' },
      { effectiveFrom: '2027-01-31', effectiveTo: '2027-01-31' },
      { product: 'ndpr-oxide' },
    ])
      expect(propose({ floors: [{ ...floorAt(9000), ...dates }] }).ok, JSON.stringify(dates)).toBe(true);
  });

  it('where a price is in another currency, or a rule asks for what no scheme has', () => {
    const euros = { ...floorAt(9000), price: { amount: '90', currency: 'EUR', per: 'kg' } as const };
    expect(problemOf({ floors: [floorAt(9000, 'pacific'), euros] })).toEqual([
      'currency_mismatch',
      '/floors/1/price/currency',
    ]);
    const unknown = { zone: 'partners', topics: irma('80') };
    expect(problemOf({ standards: [unknown] })).toEqual([
      'invalid_request',
      '/standards/0/topics/0/anyOf/0/level',
    ]);
  });

  it('of programmes that could not be proposed, or that have no reference price of the day', () => {
    const money = (amount: string, currency = 'USD' as 'USD' | 'EUR') => ({ amount, currency });
    const usd = (amount: string) => ({ ...money(amount), per: 'kg' as const });
    const programme = {
      ...{ zone: 'partners', strike: usd('110.00'), reference: 'benchmark', eligible: {} },
      ...{ budget: money('100.00'), maximumGap: usd('40.00'), from: '2027-Q1', to: '2027-Q4' },
    };
    const problem = (changes: object) => problemOf({ programmes: [{ ...programme, ...changes }] });
    expect(problem({})).toEqual(['reference_unavailable', '/programmes/0/reference']);
    expect(problem({ zone: 'unknown' })).toEqual(['unknown_reference', '/programmes/0/zone']);
    expect(problem({ product: 'cobalt' })).toEqual(['invalid_request', '/programmes/0/product']);
    expect(problem({ budget: money('1', 'EUR') })).toEqual([
      'currency_mismatch',
      '/programmes/0/budget/currency',
    ]);
    expect(propose({ programmes: [] }).ok).toBe(true);
  });

  it('where two zones would have a say in one country: both supposed, or one of them standing', () => {
    const standing: Regulation[] = [
      { zone: 'partners', product: 'ndpr-oxide', effectiveFrom: '2026-01-01', effectiveTo: undefined },
    ];
    expect(problemOf({ floors: [floorAt(9000), floorAt(9000, 'pacific')] })[0]).toBe('zone_overlap');
    expect(
      problemOf({ floors: [floorAt(9000)], standards: [{ zone: 'pacific', topics: irma('75') }] })[0],
    ).toBe('zone_overlap');
    expect(problemOf({ floors: [floorAt(9000, 'pacific')] }, standing)[0]).toBe('zone_overlap');
    expect(propose({ floors: [floorAt(9000)] }, standing).ok).toBe(true);
    const ended = { ...standing[0]!, effectiveTo: '2026-11-21' };
    expect(propose({ floors: [floorAt(9000, 'pacific')] }, [ended]).ok).toBe(true);
  });

  it('not where the preview supposes that the other zone’s has ended: a floor’s by one, a rule’s by the other', () => {
    const [floor] = snapshot.floors;
    const [rule] = snapshot.standards;
    const supposed = { floors: [floorAt(9000, 'pacific')] };
    expect(propose({ ...supposed, endFloors: ['partners'] }, [floor!]).ok).toBe(true);
    expect(propose({ ...supposed, endStandards: ['partners'] }, [rule!]).ok).toBe(true);
    expect(problemOf({ ...supposed, endStandards: ['partners'] }, [floor!])[0]).toBe('zone_overlap');
    expect(problemOf({ ...supposed, endFloors: ['partners'] }, [rule!])[0]).toBe('zone_overlap');
    expect(problemOf({ ...supposed, endFloors: ['pacific'] }, [floor!])[0]).toBe('zone_overlap');
    // What is ended is of the product that is previewed; of others it stands, and does not matter.
    expect(propose(supposed, [{ ...floor!, product: 'cobalt' }]).ok).toBe(true);
  });

  it('where it overlaps later, though it is previewed as of now', () => {
    const later: Regulation = {
      ...{ zone: 'pacific', product: 'ndpr-oxide', effectiveFrom: '2027-06-01', effectiveTo: undefined },
    };
    expect(problemOf({ floors: [floorAt(9000)] }, [later])[0]).toBe('zone_overlap');
    expect(propose({ floors: [{ ...floorAt(9000), effectiveTo: '2027-05-31' }] }, [later]).ok).toBe(true);
  });
});

describe('what is supposed', () => {
  it('is in force at gate closure, under an id that says which of the entries it is', () => {
    const { floors } = proposed({ endFloors: ['partners'], floors: [floorAt(9000, 'pacific')] });
    expect(floors).toEqual([
      {
        ...{ id: `flr_${'1'.padStart(26, '0')}`, product: 'ndpr-oxide', zone: 'pacific' },
        price: { amount: { units: 9000n, scale: 2 }, currency: 'USD', per: 'kg' },
        ...{ borderAdjusted: true, effectiveFrom: '2026-11-22', rationale: 'Supposed in a preview.' },
        ...{ status: 'approved', proposedBy: 'preview', approvedBy: 'preview', recordedBy: 'preview' },
        ...{ proposedAt: '2026-11-22T11:59:59.999Z', approvedAt: '2026-11-22T11:59:59.999Z' },
        ...{ version: 1, recordedAt: '2026-11-22T11:59:59.999Z' },
      },
    ]);
    const rule = { zone: 'partners', topics: irma('50') };
    expect(proposed({ standards: [rule] }).standards).toEqual([
      {
        ...{ id: `std_${'1'.padStart(26, '0')}`, product: 'ndpr-oxide', ...rule, version: 1 },
        ...{ effectiveFrom: '2026-11-22', recordedAt: '2026-11-22T12:00:00.000Z', recordedBy: 'preview' },
      },
    ]);
  });

  it('has the rest of what a rule may say', () => {
    const rule = { minimumAssurance: 'second-party', renewalCovenant: true } as const;
    expect(
      proposed({ standards: [{ zone: 'partners', topics: irma('50'), ...rule }] }).standards,
    ).toMatchObject([rule]);
  });

  it('takes the place of what is ended and of the same kind in the same zone, and of nothing else', () => {
    const left = (terms: Terms) => {
      const { floors, standards } = proposed(terms);
      return [floors.map(({ zone }) => zone), standards.map(({ zone }) => zone)];
    };
    expect(left({})).toEqual([['partners'], ['partners']]);
    expect(left({ endFloors: ['partners'] })).toEqual([[], ['partners']]);
    expect(left({ endStandards: ['partners'] })).toEqual([['partners'], []]);
    expect(left({ endStandards: ['pacific'], endFloors: ['pacific'] })).toEqual([['partners'], ['partners']]);
    expect(left({ standards: [{ zone: 'pacific', topics: irma('50') }] })).toEqual([
      ['partners'],
      ['partners', 'pacific'],
    ]);
  });

  it('caps of the zones that have a cap, where no consumption of the product is declared', () => {
    const capping = aMarket()
      .zone({ maxOriginShare: '0.65' })
      .zone({ id: 'pacific', name: 'Pacific', members: ['KR'] })
      .consumption('2027-Q1', '10', 'pacific')
      .snapshot();
    const other = {
      ...capping,
      consumption: capping.consumption.map((plan) => ({ ...plan, product: 'cobalt' })),
    };
    const shares = (of: typeof capping) => {
      const result = proposedSnapshot(of, termsOf(of, { maxOriginShare: '0.3' }), []);
      if (!result.ok) throw new Error(result.problem.detail);
      return result.value.zones.map(({ maxOriginShare }) => maxOriginShare?.units);
    };
    expect(shares(capping)).toEqual([3n, 3n]);
    expect(shares(other)).toEqual([3n, undefined]);
  });
});
