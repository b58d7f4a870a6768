import { monotonicFactory } from 'ulid';
import type { IdKind } from '../../shared/kernel/ids.ts';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import { must } from '../../shared/kernel/result.ts';
import type { Floor } from '../../shared/pricing/floor.ts';
import { floorTermsSchema } from '../../shared/pricing/floor.ts';
import { productTermsSchema } from '../../shared/reference/product.ts';
import { zoneTermsSchema } from '../../shared/reference/zone.ts';
import { schemeTermsSchema } from '../../shared/standards/scheme.ts';
import { standardsRuleTermsSchema } from '../../shared/standards/standards-rule.ts';
import type { Act } from '../../shared/store/table/act.ts';
import { perform } from '../../shared/store/table/effect.ts';
import { approveFloor, proposeFloor } from '../../shared/store/reference/floors.ts';
import { putProduct } from '../../shared/store/reference/products.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { putZone } from '../../shared/store/reference/zones.ts';

/** Wire forms of reference data, to be changed where a test is about the change. */
export const productBody = (changes: object = {}) => ({
  name: 'NdPr oxide, 99 %',
  mineral: 'ndpr',
  stage: 'refining',
  unit: 'kg',
  currency: 'USD',
  lot: { amount: '1', unit: 'kg' },
  priceTick: { amount: '0.01', currency: 'USD', per: 'kg' },
  ...changes,
});

export const zoneBody = (members: readonly string[], changes: object = {}) => ({
  name: 'Partners',
  members,
  ...changes,
});

export const floorBody = (changes: object = {}) => ({
  product: 'ndpr-oxide',
  zone: 'partners',
  price: { amount: '110.00', currency: 'USD', per: 'kg' },
  borderAdjusted: true,
  effectiveFrom: '2026-01-01',
  rationale: 'Cost of the last producer needed.',
  ...changes,
});

export const schemeBody = (changes: object = {}) => ({
  name: 'IRMA Standard for Responsible Mining',
  levels: ['50', '75', '100'],
  stages: ['mining', 'refining'],
  minerals: ['*'],
  assurance: 'third-party',
  ...changes,
});

export const ruleBody = (changes: object = {}) => ({
  product: 'ndpr-oxide',
  zone: 'partners',
  topics: [{ topic: 'responsible mining', anyOf: [{ scheme: 'irma', level: '75' }] }],
  effectiveFrom: '2026-01-01',
  ...changes,
});

export const productTerms = (changes: object = {}) => productTermsSchema.parse(productBody(changes));
export const zoneTerms = (members: readonly string[], changes: object = {}) =>
  zoneTermsSchema.parse(zoneBody(members, changes));
export const floorTerms = (changes: object = {}) => floorTermsSchema.parse(floorBody(changes));
export const schemeTerms = (changes: object = {}) => schemeTermsSchema.parse(schemeBody(changes));
export const ruleTerms = (changes: object = {}) => standardsRuleTermsSchema.parse(ruleBody(changes));

const ulid = monotonicFactory();
const newId = (kind: IdKind): string => `${idPrefixes[kind]}_${ulid()}`;

/** An act of an administrator at a time. */
export const by = (subject: string, at = '2026-11-22T12:00:00.000Z'): Act => ({
  subject,
  organisation: 'ministry',
  at,
  newId,
});

/** A market with a product `ndpr-oxide` and zones by id. */
export async function describeMarket(
  table: Table,
  zones: Readonly<Record<string, readonly string[]>> = { partners: ['US', 'JP'] },
  at = '2026-11-01T00:00:00.000Z',
): Promise<void> {
  must(await perform(table, putProduct(table, by('ada', at), 'ndpr-oxide', productTerms())));
  for (const [id, members] of Object.entries(zones))
    must(await perform(table, putZone(table, by('ada', at), id, zoneTerms(members))));
}

/** A floor proposed by ada and approved by bob. */
export async function approvedFloorIn(table: Table, changes: object = {}, at?: string): Promise<Floor> {
  const { id } = must(await perform(table, proposeFloor(table, by('ada', at), floorTerms(changes))));
  return must(await perform(table, approveFloor(table, by('bob', at), id)));
}

/** The problem's code, or "ok". */
export const codeOf = (result: { ok: true } | { ok: false; problem: { code: string } }): string =>
  result.ok ? 'ok' : result.problem.code;
