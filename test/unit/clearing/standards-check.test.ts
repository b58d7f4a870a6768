import { describe, expect, it } from 'vitest';
import type { SnapshotCertificate } from '../../../shared/clearing/snapshot.ts';
import type { Check } from '../../../shared/clearing/eligibility/standards-check.ts';
import { attainable, satisfies } from '../../../shared/clearing/eligibility/standards-check.ts';
import type { Scheme } from '../../../shared/standards/scheme.ts';
import { aMarket } from '../../support/market.ts';

const [irma] = aMarket().scheme().snapshot().schemes;
const scheme = (changes: Partial<Scheme> = {}): Scheme => ({ ...irma!, ...changes });
const certificate = (changes: Partial<SnapshotCertificate> = {}): SnapshotCertificate => ({
  ...aMarket().certificate('x', { level: '75', validFrom: '2027-01-01', validTo: '2027-03-31' }).snapshot()
    .certificates[0]!,
  ...changes,
});
const check = (changes: Partial<Check> = {}): Check => ({
  anyOf: [{ scheme: 'irma', level: '75' }],
  renewalCovenant: false,
  ...changes,
});
const product = { mineral: 'ndpr', stage: 'refining' } as const;
const answer = (
  certificates: SnapshotCertificate[],
  quarter = '2027-Q1',
  changes: Partial<Check> = {},
  schemes: Scheme[] = [scheme()],
): string => {
  const found = satisfies(
    check(changes),
    certificates,
    new Map(schemes.map((each) => [each.id, each])),
    product,
    quarter,
  );
  return found.ok ? found.certificate.id : found.code;
};
const shown = certificate().id;

describe('a check of certificates', () => {
  it.each<[string, Partial<SnapshotCertificate>, string]>([
    ['is satisfied at the level', {}, shown],
    ['is satisfied above it', { level: '100' }, shown],
    ['is not satisfied below it', { level: '50' }, 'certificate_level'],
    ['is not satisfied by a level that the scheme does not know', { level: '80' }, 'certificate_level'],
    ['is not satisfied by no level', { level: undefined }, 'certificate_level'],
    ['is satisfied on the first day of validity', { validFrom: '2027-01-01' }, shown],
    ['is not satisfied a day later', { validFrom: '2027-01-02' }, 'certificate_expired'],
    ['is satisfied on the last day', { validTo: '2027-01-01', validFrom: '2026-01-01' }, shown],
    ['is not satisfied when it ended the day before', { validTo: '2026-12-31' }, 'certificate_expired'],
    ['is not satisfied by a suspended one', { status: 'suspended' }, 'certificate_suspended'],
    ['does not look at a submitted one', { status: 'submitted' }, 'certificate_missing'],
    ['does not look at a revoked one', { status: 'revoked' }, 'certificate_missing'],
    ['does not look at another scheme’s', { scheme: 'rmap' }, 'certificate_missing'],
    ['asks for the stage', { stages: ['mining'] }, 'certificate_scope'],
    ['is satisfied by the stage among others', { stages: ['mining', 'refining'] }, shown],
    ['asks for the mineral', { minerals: ['cobalt'] }, 'certificate_scope'],
    ['is satisfied by the mineral among others', { minerals: ['cobalt', 'ndpr'] }, shown],
  ])('%s', (_, changes, expected) => {
    expect(answer([certificate(changes)])).toBe(expected);
  });

  it('has the scope of its scheme', () => {
    const of = (changes: Partial<Scheme>): string =>
      answer([certificate()], '2027-Q1', {}, [scheme(changes)]);
    expect(of({ minerals: ['ndpr'] })).toBe(shown);
    expect(of({ minerals: ['cobalt'] })).toBe('certificate_scope');
    expect(of({ stages: ['mining'] })).toBe('certificate_scope');
    expect(of({ id: 'rmap' })).toBe('certificate_missing');
  });

  it('asks for an assurance, weakest first', () => {
    const of = (assurance: Scheme['assurance'], minimumAssurance: Scheme['assurance']): string =>
      answer([certificate()], '2027-Q1', { minimumAssurance }, [scheme({ assurance })]);
    expect(of('third-party', 'third-party')).toBe(shown);
    expect(of('third-party', 'self')).toBe(shown);
    expect(of('second-party', 'third-party')).toBe('certificate_level');
    expect(of('self', 'second-party')).toBe('certificate_level');
  });

  it('needs no level where none is asked', () => {
    const anyOf = [{ scheme: 'irma' }];
    expect(answer([certificate({ level: undefined })], '2027-Q1', { anyOf })).toBe(shown);
  });

  it('is satisfied by any of its alternatives and any of the certificates', () => {
    const anyOf = [
      { scheme: 'unheard-of' },
      { scheme: 'irma', level: '100' },
      { scheme: 'irma', level: '75' },
    ];
    expect(answer([certificate({ level: '50' }), certificate()], '2027-Q1', { anyOf })).toBe(shown);
    expect(answer([], '2027-Q1', { anyOf })).toBe('certificate_missing');
  });

  it('tells of several failures the one that is nearest to being cured', () => {
    const scope = certificate({ stages: ['mining'] });
    const level = certificate({ level: '50' });
    const expired = certificate({ validTo: '2026-12-31' });
    const suspended = certificate({ status: 'suspended' });
    for (const [worse, better, code] of [
      [scope, level, 'certificate_level'],
      [level, expired, 'certificate_expired'],
      [expired, suspended, 'certificate_suspended'],
    ] as const) {
      expect(answer([worse, better])).toBe(code);
      expect(answer([better, worse])).toBe(code);
    }
  });
});

describe('the alternatives of a check that a certificate could show', () => {
  const anyOf = [{ scheme: 'irma', level: '75' }, { scheme: 'tsm' }];
  const of = (changes: Partial<Scheme>, asked: Partial<Check> = {}) =>
    attainable(check({ anyOf, ...asked }), [scheme(changes)], product).map((each) => each.scheme);

  it('are those of a scheme that is known, for the product’s mineral and stage', () => {
    expect(of({})).toEqual(['irma']);
    expect(of({ minerals: ['cobalt', 'ndpr'] })).toEqual(['irma']);
    expect(of({ minerals: ['cobalt'] })).toEqual([]);
    expect(of({ stages: ['mining'] })).toEqual([]);
    expect(of({ id: 'tsm' }), 'of no level').toEqual(['tsm']);
    expect(of({ id: 'another' })).toEqual([]);
  });

  it('and that has the level and the assurance', () => {
    expect(of({ levels: ['50', '100'] })).toEqual([]);
    expect(of({ assurance: 'self' })).toEqual(['irma']);
    expect(of({ assurance: 'self' }, { minimumAssurance: 'second-party' })).toEqual([]);
    expect(of({ assurance: 'second-party' }, { minimumAssurance: 'second-party' })).toEqual(['irma']);
  });
});
