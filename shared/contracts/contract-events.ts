import * as z from 'zod';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import type { Instant } from '../kernel/time.ts';
import type { Contract } from './contract.ts';
import { contractSchema } from './contract.ts';

type ContractEvent = Contract['events'][number];

/** A contract without its events: what was agreed, and never changes. */
export const contractTermsSchema = contractSchema.omit({ events: true });
export type ContractTerms = z.output<typeof contractTermsSchema>;

/** SHA-256 of what was agreed, over its canonical JSON. */
export const termsDigest = (terms: ContractTerms): string =>
  sha256(canonicalJson(z.encode(contractTermsSchema, terms)));

/**
 * The hash of an event covers the event, the one before it and, through the first, the terms: whoever holds the last
 * hash of a contract holds all that was ever recorded of it.
 */
const hashOf = (contract: string, event: Omit<ContractEvent, 'hash'>, previous: string): string =>
  sha256(canonicalJson({ contract, ...event, previous }));

/** The first event of a contract's chain. */
export function concludedEvent(terms: ContractTerms): ContractEvent {
  const event = { type: 'concluded', at: terms.concludedAt } as const;
  return { ...event, hash: hashOf(terms.id, event, termsDigest(terms)) };
}

/** The next event of a contract's chain. */
export function nextEvent(
  contract: Pick<Contract, 'id' | 'events'>,
  event: { readonly type: ContractEvent['type']; readonly at: Instant },
): ContractEvent {
  const last = contract.events.at(-1);
  if (last === undefined) throw new Error('a contract begins with its conclusion');
  return { ...event, hash: hashOf(contract.id, event, last.hash) };
}

/** Whether the events are, unchanged and complete, those that followed from the terms. */
export function chainHolds(contract: Contract): boolean {
  const { events, ...terms } = contract;
  let previous = termsDigest(terms);
  for (const { hash, ...event } of events) {
    if (hashOf(contract.id, event, previous) !== hash) return false;
    previous = hash;
  }
  return events.length > 0;
}
