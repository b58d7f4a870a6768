import type { Key } from './key.ts';
import { padded } from './key.ts';

/** Alerts, who is told of them, and what zones tell one another. */
export const warningKeys = {
  /** The alerts of a product; read whole. */
  alert: (product: string, id: string): Key => ({ pk: `ALERTS#${product}`, sk: id }),
  alertVersion: (id: string, version: number): Key => ({ pk: `ALERT#${id}`, sk: `V#${padded(version)}` }),
  /** There once an event has been followed for a product. */
  followed: (event: string, product: string): Key => ({ pk: `FOLLOWED#${event}`, sk: product }),
  /** How many looks at a product followers have taken; and which contracts had changed, by the number of the look. */
  lastChange: (product: string): Key => ({ pk: `CHANGED#${product}`, sk: 'LAST' }),
  changedContracts: (product: string, look: number): Key => ({
    pk: `CHANGED#${product}`,
    sk: `NOTE#${padded(look)}`,
  }),
  /** The day on which a product was last looked at whatever had happened. */
  sweep: (product: string): Key => ({ pk: 'SWEEP', sk: product }),
  /** Who wants to be told; one partition, read whole. */
  webhook: (id: string): Key => ({ pk: 'WEBHOOKS', sk: id }),
  /** What subscribers are to be told. */
  notice: (id: string): Key => ({ pk: `NOTICE#${id}`, sk: 'NOTICE' }),
  /** A notice to one webhook; a notice's id begins with its time. */
  delivery: (webhook: string, notice: string): Key => ({
    pk: `WEBHOOK#${webhook}`,
    sk: `DELIVERY#${notice}`,
  }),
  /** A replay that is under way. */
  replay: (webhook: string, id: string): Key => ({ pk: `WEBHOOK#${webhook}`, sk: `REPLAY#${id}` }),
  /** What a zone published of a product in a month. */
  publication: (zone: string, product: string, period: string): Key => ({
    pk: `PUBLICATIONS#${zone}/${product}`,
    sk: `PERIOD#${period}`,
  }),
  /** The month of the last one: whoever publishes moves it on. */
  lastPublication: (zone: string, product: string): Key => ({
    pk: `PUBLICATIONS#${zone}/${product}`,
    sk: 'LAST',
  }),
  /** That somebody read what a zone has published. */
  exchangeRead: (zone: string, at: string, id: string): Key => ({
    pk: `READS#${zone}`,
    sk: `${at}#${id}`,
  }),
} as const;
