import type { Key } from './key.ts';
import { padded } from './key.ts';

export type ReferenceKind =
  | 'organisation'
  | 'product'
  | 'terms'
  | 'zone'
  | 'consumption'
  | 'flows'
  | 'exchange'
  | 'scheme'
  | 'standards'
  | 'floor'
  | 'change'
  | 'reference-price'
  | 'index-value'
  | 'programme'
  | 'stockpile'
  | 'disruption';

/** Reference data with its versions, and reference prices. */
export const referenceKeys = {
  /** The present version of a record of reference data; one partition per kind, read whole. */
  reference: (kind: ReferenceKind, id: string): Key => ({ pk: `REF#${kind}`, sk: id }),
  referenceVersion: (kind: ReferenceKind, id: string, version: number): Key => ({
    pk: `REF#${kind}#${id}`,
    sk: `V#${padded(version)}`,
  }),
  /** One counter that every change of floors, rules, zones and products moves on: they are checked together. */
  configuration: (): Key => ({ pk: 'CONFIGURATION', sk: 'REVISION' }),
  /** A point of a reference price series; its id begins with its date. */
  pricePoint: (series: string, id: string): Key => ({ pk: `POINTS#${series}`, sk: id }),
  /** A frozen figure of a series; of one window, its versions in order. */
  fixing: (series: string, window: { from: string; to: string }, version: number): Key => ({
    pk: `FIXINGS#${series}`,
    sk: `${window.to}#${window.from}#V${padded(version)}`,
  }),
  /** How many figures of a series have been frozen: what is carried over rests on those before it, and on no other. */
  fixingCount: (series: string): Key => ({ pk: `SERIES#${series}`, sk: 'FIXINGS' }),
} as const;
