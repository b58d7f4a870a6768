import type { BidEntry, OfferEntry } from '../book.ts';
import { flowOf } from './class-flow.ts';
import { exactMatches } from './exact-matches.ts';
import type { Facets } from '../eligibility/facet.ts';
import { hasChoice, islandsOf } from './islands.ts';
import { likelyLinks } from './likely-links.ts';
import { PairNumbers, Renumbering } from './numbers.ts';
import { promise } from '../solver/network.ts';
import { isBetter, pairIsland, scoreOf, type Island } from './pairing-flow.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import type { PairAward } from '../awards/sharing.ts';
import { mostLinks, tiesOf, type Ties } from './ties.ts';

/** The fewest lots that an award of this offer to this bid should have in a quarter: the greater of both sides'. */
export type MinimumOf = (offer: OfferEntry, bid: BidEntry) => number;

/** Quarters that could have more ties than this stay as they were shared, whole: making them would take the memory. */
const MOST_LINKS = 3_000_000;

/**
 * Chooses who serves whom through the quarters, without changing what any order gets.
 *
 * Each quarter's solution leaves open which of several equally good sellers serves which buyer. Here pairs are chosen
 * so that few orders trade with each other over the whole run (each pair becomes a contract) and neighbouring quarters
 * keep their pairs: forward through the quarters, then back, each quarter given what the others have. There are never
 * more pairs than before. Quarters that are one object stay one object.
 *
 * What a minimum asks for is an aim, not a promise: awards below it may remain.
 */
export function pairThrough(
  setting: Setting,
  quarters: readonly ClearedQuarter[],
  minimumOf: MinimumOf = () => 1,
): readonly ClearedQuarter[] {
  const stage = new Stage(setting, quarters, minimumOf);
  const order = [...stage.places.keys()];
  for (const place of order) stage.improve(place);
  for (const place of order.toReversed().slice(1)) stage.improve(place);
  return stage.result(quarters);
}

/** One distinct quarter, and its pairs so far. */
interface Place {
  readonly cleared: ClearedQuarter;
  readonly ties: Ties;
  readonly islands: readonly (readonly number[])[];
  readonly isLikely: Uint8Array;
  readonly isMatch: Uint8Array;
  /** The pair of orders of each link, as a number. */
  readonly pairs: Float64Array;
  /** Distinct quarters before or after this one, as often as they are. */
  readonly neighbours: readonly number[];
  /** Awards that must stay as they were shared. */
  readonly fixed: readonly PairAward[];
  readonly lots: Float64Array;
  /** Lots by pair, once improved. */
  chosen: Map<number, number> | undefined;
}

class Stage {
  readonly places: readonly Place[];
  readonly #facets: Facets;
  readonly #minimumOf: MinimumOf;
  readonly #pairs: PairNumbers;
  /** In how many distinct quarters each pair has been chosen. */
  readonly #users = new Map<number, number>();

  constructor(setting: Setting, quarters: readonly ClearedQuarter[], minimumOf: MinimumOf) {
    this.#facets = setting.facets;
    this.#minimumOf = minimumOf;
    this.#pairs = new PairNumbers(setting.book);
    const distinct = [...new Set(quarters)];
    const numberOf = new Map(distinct.map((cleared, place) => [cleared, place]));
    const sequence = quarters.map((cleared) => numberOf.get(cleared)!);
    const mustStay = fixedPairs(setting);
    this.places = distinct.map((cleared, place) => {
      const isFixed = mostLinks(cleared) > MOST_LINKS ? () => true : mustStay;
      const moving = cleared.awards.filter(({ offer, bid }) => !isFixed(offer, bid));
      const ties = tiesOf(setting, cleared, moving, isFixed);
      return {
        cleared,
        ties,
        islands: islandsOf(ties).filter((links) => hasChoice(ties, links)),
        isLikely: likelyLinks(ties),
        isMatch: exactMatches(ties),
        pairs: this.#pairs.ofLinks(ties),
        neighbours: sequence.flatMap((other, quarter) =>
          other === place
            ? [sequence[quarter - 1], sequence[quarter + 1]].filter(
                (near): near is number => near !== undefined && near !== place,
              )
            : [],
        ),
        fixed: cleared.awards.filter(({ offer, bid }) => isFixed(offer, bid)),
        lots: ties.lots.slice(),
        chosen: undefined,
      };
    });
  }

  /** Pairs one distinct quarter anew, island by island, given what the others have chosen so far. */
  improve(number: number): void {
    const place = this.places[number]!;
    const { pairs, islands, lots } = place;
    for (const pair of place.chosen?.keys() ?? []) this.#users.set(pair, this.#users.get(pair)! - 1);
    const numbers = {
      sellers: new Renumbering(place.ties.sellers.length),
      buyers: new Renumbering(place.ties.buyers.length),
      gates: new Renumbering(place.ties.gates.length),
    };
    for (const links of islands) {
      const weighed = links.filter(
        (link) =>
          place.isLikely[link] === 1 ||
          place.isMatch[link] === 1 ||
          lots[link]! > 0 ||
          (this.#users.size > 0 && (this.#users.get(pairs[link]!) ?? 0) > 0),
      );
      const island = this.#islandOf(place, weighed, numbers);
      const score = scoreOf(
        island,
        weighed.map((link) => lots[link]!),
      );
      if (score.every((value) => value === 0)) continue;
      const found = pairIsland(island);
      if (!isBetter(found.score, score)) continue;
      for (const [index, link] of weighed.entries()) lots[link] = found.lots[index]!;
    }
    place.chosen = new Map(place.fixed.map((award) => [this.#pairs.of(award.offer, award.bid), award.lots]));
    for (let link = 0; link < lots.length; link++)
      if (lots[link]! > 0) place.chosen.set(pairs[link]!, lots[link]!);
    for (const pair of place.chosen.keys()) this.#users.set(pair, (this.#users.get(pair) ?? 0) + 1);
  }

  #islandOf(
    { ties, pairs, neighbours, isMatch }: Place,
    links: readonly number[],
    { sellers, buyers, gates }: Readonly<Record<'sellers' | 'buyers' | 'gates', Renumbering>>,
  ): Island {
    for (const numbers of [sellers, buyers, gates]) numbers.forget();
    const near = neighbours.flatMap((neighbour) => this.places[neighbour]!.chosen ?? []);
    const nowhere = near.map(() => 0);
    return {
      links: links.map((link) => {
        const seller = ties.linkSeller[link]!;
        const buyer = ties.linkBuyer[link]!;
        const gate = ties.linkGate[link]!;
        const pair = pairs[link]!;
        const isKnown = (this.#users.get(pair) ?? 0) > 0;
        return {
          seller: sellers.of(seller),
          buyer: buyers.of(buyer),
          gate: gate < 0 ? -1 : gates.of(gate),
          isKnown,
          isMatch: isMatch[link] === 1,
          wanted: isKnown ? near.map((lots) => lots.get(pair) ?? 0).sort((a, b) => a - b) : nowhere,
          minimum: this.#minimumOf(ties.sellers[seller]!.order, ties.buyers[buyer]!.order),
        };
      }),
      sellers: sellers.values.map((seller) => ties.sellers[seller]!.lots),
      buyers: buyers.values.map((buyer) => ties.buyers[buyer]!.lots),
      gates: gates.values.map((gate) => ({
        buyer: buyers.of(ties.gates[gate]!.buyer),
        most: ties.gates[gate]!.most,
      })),
    };
  }

  /** The quarters with their new pairs; as they were where those would be more. */
  result(quarters: readonly ClearedQuarter[]): readonly ClearedQuarter[] {
    const paired = new Map(
      this.places.map((place) => {
        const { market, solution } = place.cleared;
        const awards = this.#awardsOf(place);
        const pairFlow = flowOf(this.#facets, market, awards);
        return [place.cleared, { ...place.cleared, solution: { ...solution, pairFlow }, awards }];
      }),
    );
    const after = quarters.map((cleared) => paired.get(cleared)!);
    return this.#pairs.in(after) <= this.#pairs.in(quarters) ? after : quarters;
  }

  /** An offer's lots for a bid add up, whatever the terms and gates they came by. */
  #awardsOf({ cleared, ties, lots, fixed }: Place): PairAward[] {
    const awards = new Map<number, PairAward>();
    const add = (award: PairAward): void => {
      const pair = this.#pairs.of(award.offer, award.bid);
      const known = awards.get(pair);
      awards.set(pair, known === undefined ? award : { ...award, lots: known.lots + award.lots });
    };
    fixed.forEach(add);
    for (const [link, each] of lots.entries()) {
      if (each === 0) continue;
      const { order: offer, class: offerClass } = ties.sellers[ties.linkSeller[link]!]!;
      const { order: bid, class: bidClass } = ties.buyers[ties.linkBuyer[link]!]!;
      add({ offer, bid, lots: each, offerClass, bidClass });
    }
    const volume = (list: Iterable<PairAward>): number =>
      [...list].reduce((sum, award) => sum + award.lots, 0);
    promise(volume(awards.values()) === volume(cleared.awards), 'pairing moves lots and makes none');
    return [...awards.values()];
  }
}

/**
 * Under a renewal covenant it matters when a pair begins: a pair that could not begin in every quarter stays as it was
 * shared, so that no beginning moves to where its certificate has lapsed.
 */
function fixedPairs({ facets, book }: Setting): (offer: OfferEntry, bid: BidEntry) => boolean {
  const { evidence } = facets;
  if (!evidence.hasCovenant) return () => false;
  return (offer, bid) => {
    const { record } = facets.offers[facets.offerFacet.get(offer)!]!;
    const { checks } = facets.bids[facets.bidFacet.get(bid)!]!;
    return book.quarters.some((_, quarter) => evidence.refusals(record, checks, quarter, quarter) !== 0);
  };
}
