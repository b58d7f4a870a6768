import * as z from 'zod';
import { formatDecimal as decimalText } from '../kernel/decimal.ts';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import { without } from '../kernel/without.ts';
import type { ContractEvent, EventBody } from './contract-events.ts';
import { contractEventSchema } from './contract-events.ts';
import type { Contract } from './contract.ts';
import { contractSchema } from './contract.ts';

/** A contract without its events: what was agreed, and never changes. */
export const contractTermsSchema = contractSchema.omit({ events: true });
export type ContractTerms = z.output<typeof contractTermsSchema>;
type TermsJson = z.input<typeof contractTermsSchema>;

/** What the buyer does not see: what the seller asked, and how its price came to be more. */
export const sellersParts = ['ask', 'floorUplift', 'scarcity'] as const;

/** A value under a secret, and the hash that commits to both: whoever lacks the secret cannot try out values. */
export interface Opened<T = unknown> {
  readonly salt: string;
  readonly value: T;
}
export const commitmentTo = ({ salt, value }: Opened): string => sha256(canonicalJson([salt, value]));

const pick = <T extends object>(record: T, names: readonly (keyof T)[]) =>
  Object.fromEntries(names.map((name) => [name, record[name]]));

/**
 * The terms as every reader of the contract sees them, and what only some see: `pricing` (the seller, administrators,
 * auditors) and `intervals` (administrators, auditors). As JSON.
 */
export function partsOfTerms(terms: ContractTerms & { readonly salt: string }) {
  const json: TermsJson = z.encode(contractTermsSchema, terms);
  const opened = (name: string, value: unknown): Opened => ({ salt: sha256(`${terms.salt}#${name}`), value });
  return {
    shown: {
      ...without(json, 'salt'),
      schedule: json.schedule.map((entry) => ({
        ...without(entry, 'interval'),
        waterfall: without(entry.waterfall, ...sellersParts),
      })),
      totals: without(json.totals, ...sellersParts),
    },
    opened: {
      pricing: opened('pricing', {
        schedule: json.schedule.map(({ waterfall }) => pick(waterfall, sellersParts)),
        totals: pick(json.totals, sellersParts),
      }),
      intervals: opened(
        'intervals',
        json.schedule.map(({ interval }) => interval),
      ),
    },
  };
}

export const hasSalt = <T extends Pick<Contract, 'salt'>>(terms: T): terms is T & { readonly salt: string } =>
  terms.salt !== undefined;

/**
 * SHA-256 over the canonical JSON of what every reader sees, and salted hashes of the rest, so that each can check it
 * from its own view. A contract from before there were salts: over all of it.
 */
export function termsDigest(terms: ContractTerms): string {
  if (!hasSalt(terms)) return sha256(canonicalJson(z.encode(contractTermsSchema, terms)));
  const { shown, opened } = partsOfTerms(terms);
  const sealed = { pricing: commitmentTo(opened.pricing), intervals: commitmentTo(opened.intervals) };
  return sha256(canonicalJson({ ...shown, sealed }));
}

/** What the hash of an event covers of it, as JSON. */
const hashedPart = (event: EventBody): object => {
  const json = z.encode(contractEventSchema, { ...event, hash: '' });
  return without(json as object & { hash: string; opened?: unknown }, 'hash', 'opened');
};

/**
 * The hash of an event covers the event, the one before it and, through the first, the terms: whoever holds the last
 * hash of a contract holds all that was ever recorded of it.
 */
const hashOf = (contract: string, event: EventBody, previous: string): string =>
  sha256(canonicalJson({ contract, ...hashedPart(event), previous }));

const chained = (contract: string, event: EventBody, previous: string): ContractEvent => ({
  ...event,
  hash: hashOf(contract, event, previous),
});

/** The first event of a contract's chain. */
export const concludedEvent = (terms: ContractTerms): ContractEvent =>
  chained(terms.id, { type: 'concluded', at: terms.concludedAt }, termsDigest(terms));

/** The next event of a contract's chain. */
export function nextEvent(contract: Pick<Contract, 'id' | 'events'>, event: EventBody): ContractEvent {
  const last = contract.events.at(-1);
  if (last === undefined) throw new Error('a contract begins with its conclusion');
  return chained(contract.id, event, last.hash);
}

/** The contract with more events, each behind the one before. */
export const withEvents = (contract: Contract, bodies: readonly EventBody[]): Contract =>
  bodies.reduce((grown, body) => ({ ...grown, events: [...grown.events, nextEvent(grown, body)] }), contract);

/** Whether the events are, unchanged and complete, those that followed from the terms. */
export function chainHolds(contract: Contract): boolean {
  const { events, ...terms } = contract;
  let previous = termsDigest(terms);
  for (const { hash, ...event } of events) {
    if (hashOf(contract.id, event, previous) !== hash) return false;
    if (event.type === 'assay_reported' && !isOpenedRight(event)) return false;
    previous = hash;
  }
  return events.length > 0;
}

const isOpenedRight = (event: EventBody & { type: 'assay_reported' }): boolean =>
  event.opened === undefined || commitmentTo(openedJson(event.opened)) === event.sealed;

/** What was sealed, as JSON: what its commitment was made of. */
export const openedJson = (
  opened: NonNullable<(EventBody & { type: 'assay_reported' })['opened']>,
): Opened => ({
  salt: opened.salt,
  value: opened.value.map(({ element, value }) => ({ element, value: decimalText(value) })),
});
