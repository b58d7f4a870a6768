import { revealsBeside } from '../../kernel/withholding.ts';
import type { Amounts, OriginHistory, ShownTrade, SideHistory } from './disclosed.ts';
import type { Traded } from './run-parts.ts';

/** Runs of which three figures are put together; of all that are remembered, two are. */
const recent = 3;

/** The rule, of sums over organisations that are judged by groups of related parties. */
export class Judge {
  readonly #groupOf: (organisation: string) => string;

  constructor(groupOf: (organisation: string) => string) {
    this.#groupOf = groupOf;
  }

  hidesTrade(lots: Amounts, history: SideHistory): boolean {
    return lots.size === 0 || this.#hides(lots, knownOf(history), knownOf(newestOf(history)));
  }

  /** @param traded what is shown to trade of it, if that is shown. */
  hidesBook(book: Amounts, rest: Amounts, traded: Amounts | undefined, history: SideHistory): boolean {
    if (traded === undefined)
      return this.#hides(rest) && this.#hides(book, knownOf(history), knownOf(newestOf(history)));
    return (
      this.#hides(rest, levelsOf(history)) &&
      this.#hides(book, [traded, ...knownOf(history)], [traded, ...knownOf(newestOf(history))])
    );
  }

  hidesOrigin({ sellers, buyers }: Traded, known: OriginHistory | undefined): boolean {
    const lotsOf = (trades: readonly ShownTrade[] = []) => trades.map(({ lots }) => lots);
    return (
      this.#hides(sellers, lotsOf(known?.sellers), lotsOf(known?.sellers.slice(-recent))) &&
      this.#hides(buyers, lotsOf(known?.buyers), lotsOf(known?.buyers.slice(-recent)))
    );
  }

  /** The figure; its sum with and its difference to each that is known; and those of any two of `together` with it. */
  #hides(figure: Amounts, known: readonly Amounts[] = [], together: readonly Amounts[] = []): boolean {
    const places = new Map<string, number>();
    const placeOf = (organisation: string): number => {
      const group = this.#groupOf(organisation);
      const place = places.get(group) ?? places.size;
      places.set(group, place);
      return place;
    };
    const placed = [figure, ...known, ...together].map((amounts) =>
      [...amounts].map(([organisation, lots]) => [placeOf(organisation), lots] as const),
    );
    const vectors = placed.map((parts) => {
      const vector = Array.from({ length: places.size }, () => 0n);
      for (const [place, lots] of parts) vector[place]! += lots;
      return vector;
    });
    const sides = vectors.map((vector) => [vector]);
    return !revealsBeside(sides[0]!, sides.slice(1, known.length + 1), sides.slice(known.length + 1));
  }
}

/** Books, and what was left of them. */
const levelsOf = ({ books }: SideHistory): Amounts[] =>
  books.flatMap(({ book, rest }) => (rest === undefined ? [book] : [book, rest]));

const knownOf = (history: SideHistory): Amounts[] => [
  ...levelsOf(history),
  ...history.books.map(({ balance }) => balance),
  ...history.trades.map(({ lots }) => lots),
];

const newestOf = ({ books, trades }: SideHistory): SideHistory => ({
  books: books.slice(-recent),
  trades: trades.slice(-recent),
});
