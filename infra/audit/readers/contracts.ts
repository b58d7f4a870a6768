import { readSettlementItem } from '../../../shared/store/contracts/settlements.ts';
import type { Readers } from './reader.ts';
import { appendTo } from './reader.ts';

/** Contracts, whose items come in any order, and their settlements. */
export const contractReaders: Readers = {
  CONTRACT: ({ contractItems }, item, { of, sk }) => {
    const parts = contractItems.get(of) ?? { events: [] };
    if (sk === 'CONTRACT') parts.item = item;
    else if (sk.startsWith('EVENT#')) parts.events.push(item);
    contractItems.set(of, parts);
  },
  SETTLEMENT: ({ settlements }, item, { of, sk }) => {
    if (!sk.startsWith('BOUGHT#')) appendTo(settlements, of, readSettlementItem(item));
  },
};
