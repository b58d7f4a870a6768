import { createHash } from 'node:crypto';
import { decisionOn } from '../../functions/clearing/decision.ts';
import { clearingSettings } from '../../functions/clearing/dependencies.ts';
import { documentBytes } from '../../functions/clearing/documents.ts';
import { nothingDisclosed } from '../../shared/clearing/documents/disclosed.ts';
import type { Documented } from '../../shared/clearing/documents/documents.ts';
import { clearAndDocument } from '../../shared/clearing/documents/documents.ts';
import { must } from '../../shared/kernel/result.ts';
import type { BookRun } from './clear-book.ts';
import { largeBook } from './large-book.ts';

/**
 * Decides one large book in a process of its own, `node clear-book-once.mjs ORDERS QUARTERS`, as the clearing's Lambda does but
 * for its stores: clears it, concludes and packs its contracts, and writes the bytes of its proof and of every
 * explanation, each shard dropped before the next is made. Prints a {@link BookRun}, or fails where anything is wrong.
 */
function main(orders: number, quarters: number): void {
  const snapshot = largeBook(orders, quarters);
  const peak = (): number => process.resourceUsage().maxRSS / 1024;
  const seconds = (since: number): number => (performance.now() - since) / 1000;
  const before = peak();

  let begun = performance.now();
  let documented: Documented | undefined;
  let clearSeconds = 0;
  const { cleared, chunks, finding, explanations } = decisionOn(
    {
      clear: (each) => {
        documented = must(clearAndDocument(each));
        clearSeconds = seconds(begun);
        return { ok: true, value: documented };
      },
      settings: clearingSettings,
    },
    1,
    { snapshot, parties: partiesOf(snapshot), before: nothingDisclosed },
  );
  const concludeSeconds = seconds(begun) - clearSeconds;
  if (documented === undefined) throw new Error('nothing was cleared');
  checkVolume(documented);

  begun = performance.now();
  const proof = documentBytes(cleared.proof, clearingSettings.documentBytes).length;
  const shards = { count: 0, largest: 0, total: 0 };
  const explained = new Set<string>();
  const hash = createHash('sha256');
  for (const shard of explanations as ReturnType<Documented['explanations']>) {
    const bytes = documentBytes(shard, clearingSettings.documentBytes);
    hash.update(bytes);
    shards.count += 1;
    shards.largest = Math.max(shards.largest, bytes.length);
    shards.total += bytes.length;
    for (const order of Object.keys(shard.orders)) explained.add(order);
  }
  const documentSeconds = seconds(begun);
  if (explained.size !== orders) throw new Error(`${explained.size} of ${orders} orders are explained`);
  const run: BookRun = {
    ...{ orders, kinds: kindsIn(snapshot), awards: finding.outcome.contracts, chunks: chunks.length },
    ...{ clearSeconds, concludeSeconds, documentSeconds, proof, shards },
    ...{ megabytesBefore: before, peakMegabytes: peak() },
  };
  console.log(JSON.stringify(run));
}

type Book = ReturnType<typeof largeBook>;

const partiesOf = ({ clearing, offers, bids }: Book) => ({
  ...{ format: 'lodestone-parties-1' as const, clearing, salt: '' },
  parties: Object.fromEntries([...offers, ...bids].map(({ party }) => [party, party])),
});

function checkVolume({ awards, quarters }: Documented): void {
  let lots = 0n;
  for (const { schedule } of awards) for (const entry of schedule) lots += entry.lots;
  const volume = quarters.reduce((sum, quarter) => sum + quarter.lots, 0n);
  const gap = quarters.reduce((sum, { optimality }) => sum + optimality.gap, 0n);
  if (volume !== lots || gap !== 0n)
    throw new Error(`${lots} of ${volume} lots are awarded, with a gap of ${gap}`);
}

const kindsIn = ({ offers, bids }: Book): number =>
  new Set(
    [...offers, ...bids].map((order) =>
      'site' in order
        ? `${order.site} ${order.price.amount.units}`
        : `${order.destination} ${order.price.amount.units} ${order.maxOriginShare?.units ?? ''}`,
    ),
  ).size;

main(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1));
