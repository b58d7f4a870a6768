import { readBook } from '../../shared/clearing/book.ts';
import { bidClasses, offerClasses } from '../../shared/clearing/classes.ts';
import { Eligibility } from '../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../shared/clearing/eligibility/facets.ts';
import { solveQuarter } from '../../shared/clearing/solver/flow.ts';
import { marketOf } from '../../shared/clearing/market.ts';
import type { ClearedQuarter, Setting } from '../../shared/clearing/quarters.ts';
import { shareAmongMembers } from '../../shared/clearing/awards/sharing.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { zoneCaps } from '../../shared/clearing/eligibility/zone-caps.ts';

/** Every quarter of a book solved and shared on its own: what the pairing stage starts from. Without covenants. */
export function sharedQuarters(snapshot: Snapshot): { setting: Setting; quarters: ClearedQuarter[] } {
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  const eligibility = new Eligibility(snapshot, facets, book.quarters);
  const quarters = book.quarters.map((_, quarter) => {
    const offers = offerClasses(book, facets, quarter);
    const bids = bidClasses(snapshot, book, facets, quarter);
    const caps = zoneCaps(snapshot, facets, book.quarters[quarter]!);
    const market = marketOf(offers, bids, facets, eligibility, quarter, () => false, caps);
    const solution = solveQuarter(market.network);
    return { market, solution, awards: shareAmongMembers(market, solution.pairFlow), bound: undefined };
  });
  return { setting: { snapshot, book, facets, eligibility }, quarters };
}
