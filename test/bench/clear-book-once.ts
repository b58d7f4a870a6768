import { clear } from '../../shared/clearing/clear.ts';
import { must } from '../../shared/kernel/result.ts';
import { largeBook } from './large-book.ts';

/**
 * Clears one large book in a process of its own, `node clear-book-once.mjs ORDERS`: book, classes, network, prices,
 * awards, explanations and proof of every order. Prints a {@link BookRun}, or fails where anything is wrong.
 */
function main(orders: number): void {
  const snapshot = largeBook(orders);
  const begun = performance.now();
  const { awards, quarters, explanations } = must(clear(snapshot));
  const milliseconds = performance.now() - begun;
  let lots = 0n;
  for (const { schedule } of awards) for (const entry of schedule) lots += entry.lots;
  if (explanations.size !== orders) throw new Error(`${explanations.size} of ${orders} orders are explained`);
  for (const { lots: volume, optimality } of quarters)
    if (volume !== lots || optimality.gap !== 0n)
      throw new Error(`${lots} of ${volume} lots are awarded, with a gap of ${optimality.gap}`);
  const kinds = new Set(
    [...snapshot.offers, ...snapshot.bids].map((order) =>
      'site' in order
        ? `${order.site} ${order.price.amount.units}`
        : `${order.destination} ${order.price.amount.units} ${order.maxOriginShare?.units ?? ''}`,
    ),
  ).size;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ orders, kinds, awards: awards.length, milliseconds, peakMegabytes }));
}

main(Number(process.argv[2] ?? 10_000));
