import { awardsOf } from '../../shared/clearing/awards/award.ts';
import { readBook } from '../../shared/clearing/book.ts';
import { Eligibility } from '../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../shared/clearing/eligibility/facets.ts';
import type { Cure } from '../../shared/clearing/explanation/cures.ts';
import { viewsOf, type Told } from '../../shared/clearing/explanation/quarter-view.ts';
import { clearQuarters, type Setting } from '../../shared/clearing/quarters.ts';
import type { MarketBuilder } from './market.ts';

/** A market's rules and orders, prepared to be cleared. */
export function settingOf(market: Pick<MarketBuilder, 'snapshot'>): Setting {
  const snapshot = market.snapshot();
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  return { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
}

/** What the duals of a market's first quarter alone tell an order, before anything is cleared again. */
export function toldBy(market: MarketBuilder, kind: 'off' | 'bid', name: string): Told {
  const setting = settingOf(market);
  const { book } = setting;
  const cleared = clearQuarters(setting);
  const [view] = viewsOf(setting, cleared, awardsOf(setting, cleared.quarters)).values();
  const id = `${kind}_${name.padEnd(20, '0')}`;
  const entry = [...book.offers, ...book.bids].find(({ order }) => order.id === id);
  const told = entry && view?.told.get(entry);
  if (told === undefined) throw new Error(`nothing is told of ${name}`);
  return told;
}

/** A cure in a line: its reasons, what is certain (`!`), told but not the order's own (`~`) or not told (`?`), and prices in ticks. */
export function inWords({ causes, told, own, certain, limit, ask, floor, checks, origin }: Cure): string {
  const standing = certain ? '!' : !told ? '?' : own ? '' : '~';
  const figures = Object.entries({ limit, ask, floor })
    .filter(([, ticks]) => ticks !== undefined)
    .map(([name, ticks]) => ` ${name} ${ticks}`);
  const rest = [checks.length > 0 ? ` checks ${checks.join()}` : '', origin >= 0 ? ` origin ${origin}` : ''];
  return `${causes.join(' + ')}${standing}${figures.join('')}${rest.join('')}`;
}

export const curesOf = (market: MarketBuilder, kind: 'off' | 'bid', name: string): string[] =>
  toldBy(market, kind, name).cures.map(inWords);
