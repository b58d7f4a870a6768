import * as z from 'zod';
import { readControlItem } from '../../../shared/store/clearing/control.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { readOutcome } from '../../../shared/store/contracts/outcomes.ts';
import { publicationOf } from '../../../shared/store/risk/publications.ts';
import type { Evidence } from '../evidence.ts';
import type { Readers } from './reader.ts';

/** Runs of clearings, what they have contracted by lane, and what is published. */
export const marketReaders: Readers = {
  CLEARING: ({ runs }, item, { of }) => {
    if (typeof item['run'] === 'bigint') runs.set(of, Number(item['run']));
  },
  MARKET: (evidence, item, { of, sk }) => {
    if (sk === 'CONTROL') evidence.controls.set(of, readControlItem(item));
    if (sk.startsWith('USE#')) countUse(evidence, of, item);
    if (sk.startsWith('OUTCOME#')) evidence.outcomes.push({ product: of, outcome: readOutcome(item) });
  },
  PUBLICATIONS: ({ publications }, item, { sk }) => {
    if (sk.startsWith('PERIOD#')) publications.push(publicationOf(item));
  },
};

const useSchema = z.object({ lots: z.record(z.string(), z.record(z.string(), z.bigint())) });

function countUse({ use }: Evidence, product: string, item: Item): void {
  const counted = use.get(product) ?? new Map<string, bigint>();
  for (const [quarter, lanes] of Object.entries(useSchema.parse(item).lots))
    for (const [lane, lots] of Object.entries(lanes)) counted.set(`${quarter} ${lane}`, lots);
  use.set(product, counted);
}
