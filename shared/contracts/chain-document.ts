import * as z from 'zod';
import { sha256Schema } from '../kernel/digest.ts';
import { generatedIdSchema } from '../kernel/ids.ts';
import { commitmentTo, contractTermsSchema, hasSalt, partsOfTerms, termsDigest } from './chain.ts';
import { contractEventSchema } from './contract-events.ts';
import type { Contract } from './contract.ts';
import type { Standpoint } from './view.ts';
import { eventsFor } from './view.ts';

const openedSchema = z.strictObject({ salt: z.string(), value: z.unknown() });

/**
 * All that a reader needs to compute every hash of a contract's chain again. The digest of the terms is the SHA-256 of the
 * canonical JSON (RFC 8785) of `terms` with `sealed` in it; each of `sealed` is that of `[salt, value]` of its part, which
 * is in `opened` for those who may see it. The hash of an event is that of the event without `hash` and `opened`, with
 * `contract` and, as `previous`, the hash before it: of the first event, the digest of the terms.
 */
export const chainDocumentSchema = z
  .strictObject({
    format: z.literal('lodestone-contract-chain-1'),
    contract: generatedIdSchema('contract'),
    /** Left out where a contract has no secret of its own, and the reader may not see all of its terms. */
    terms: z.record(z.string(), z.unknown()).optional(),
    termsDigest: sha256Schema,
    sealed: z.strictObject({ pricing: sha256Schema, intervals: sha256Schema }).optional(),
    opened: z.strictObject({ pricing: openedSchema.optional(), intervals: openedSchema.optional() }),
    events: z.array(contractEventSchema),
    /** The hash of the last event: who holds it holds the whole history. */
    head: z.string(),
  })
  .meta({ id: 'ContractChain' });
export type ChainDocument = z.output<typeof chainDocumentSchema>;

export function chainDocument(contract: Contract, standpoint: Standpoint): ChainDocument {
  const { events, ...terms } = contract;
  const common = {
    format: 'lodestone-contract-chain-1' as const,
    contract: contract.id,
    termsDigest: termsDigest(terms),
    events: eventsFor(events, standpoint),
    head: events.at(-1)?.hash ?? '',
  };
  if (!hasSalt(terms))
    return {
      ...common,
      ...(standpoint === 'all' ? { terms: z.encode(contractTermsSchema, terms) } : {}),
      opened: {},
    };
  const { shown, opened } = partsOfTerms(terms);
  return {
    ...common,
    terms: shown,
    sealed: { pricing: commitmentTo(opened.pricing), intervals: commitmentTo(opened.intervals) },
    opened: {
      ...(standpoint === 'buyer' ? {} : { pricing: opened.pricing }),
      ...(standpoint === 'all' ? { intervals: opened.intervals } : {}),
    },
  };
}
