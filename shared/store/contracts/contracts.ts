import * as z from 'zod';
import { concludedEvent, contractTermsSchema, type ContractTerms } from '../../contracts/chain.ts';
import type { Contract } from '../../contracts/contract.ts';
import { contractEventSchema } from '../../contracts/contract-events.ts';
import { contractSchema } from '../../contracts/contract.ts';
import { dateOf } from '../../kernel/time.ts';
import { doesNotExist } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { contractOfProduct, dueFrom, listedAs, ownedBy } from '../table/keys/indexes.ts';
import { plain, readBody } from '../table/item-body.ts';
import type { Action } from '../table/action.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

/**
 * Puts a contract and the first event of its chain, if they are not there yet. The contract is listed by its seller,
 * its first event by its buyer, so that both find it in one index; the event items are what consumers follow. Somebody
 * must look at it from its first day: whoever does says from when on again.
 */
export function concludeContract(terms: ContractTerms): Action[] {
  const event = concludedEvent(terms);
  return [
    {
      name: `contract ${terms.id}`,
      put: {
        ...keys.contract(terms.id),
        ...ownedBy(terms.seller, 'sold', terms.id),
        ...listedAs('contract', terms.id),
        ...dueFrom(dateOf(terms.concludedAt), terms.id),
        type: 'contract',
        product: terms.product,
        clearing: terms.clearing,
        body: z.encode(contractTermsSchema, terms),
      },
      conditions: [doesNotExist],
    },
    {
      name: `event of ${terms.id}`,
      put: {
        ...keys.contractEvent(terms.id, 1),
        ...ownedBy(terms.buyer, 'bought', terms.id),
        ...contractOfProduct(terms.product, terms.id),
        type: 'contract event',
        contract: terms.id,
        sequence: 1,
        product: terms.product,
        seller: terms.seller,
        buyer: terms.buyer,
        body: z.encode(contractEventSchema, event),
      },
      conditions: [doesNotExist],
    },
  ];
}

/** A contract with all of its events. */
export async function readContract(table: Table, id: string): Promise<Contract | undefined> {
  const [contract, ...events] = await table.query(keys.contract(id).pk);
  return contract && contractOf(contract, events);
}

/** A contract from its items, its events in order. */
export const contractOf = (item: Item, events: readonly Item[]): Contract =>
  contractSchema.parse({
    ...(plain(item['body']) as object),
    events: events.map((event) => plain(event['body'])),
  });

/** A contract as agreed, from its own item alone. */
export const contractTermsOf = (item: Item): ContractTerms => readBody(contractTermsSchema, item);
