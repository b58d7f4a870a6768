import { readEntryItem, readLineItem } from '../../../shared/store/contracts/ledger.ts';
import type { Readers } from './reader.ts';

/** The ledger: entries, and the lines by which accounts tell of them. */
export const ledgerReaders: Readers = {
  LEDGER: ({ entries }, item) => {
    entries.push(readEntryItem(item));
  },
  ACCOUNT: ({ lines }, item, { key }) => {
    lines.push({ key, line: readLineItem(item) });
  },
};
