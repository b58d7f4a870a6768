import { readBook } from '../book.ts';
import { bidClasses, offerClasses } from '../classes.ts';
import { Eligibility } from '../eligibility/eligibility.ts';
import { facetsOf } from '../eligibility/facets.ts';
import { marketKey } from '../quarter-solver.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * Pairs of classes that a clearing of the snapshot looks at: over the quarters that something tells apart, offers'
 * classes × bids' classes. What a clearing costs grows with it, so it is counted before anything is solved.
 */
export function pairsToClear(snapshot: Snapshot): number {
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  const setting = { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
  const quarters = new Map(book.quarters.map((_, quarter) => [marketKey(setting, quarter), quarter]));
  // Each programme's round looks at what is left of the same pairs again.
  const rounds = 1 + (snapshot.programmes?.length ?? 0);
  return (
    rounds *
    [...quarters.values()].reduce(
      (pairs, quarter) =>
        pairs +
        offerClasses(book, facets, quarter).length * bidClasses(snapshot, book, facets, quarter).length,
      0,
    )
  );
}
