import { many, sum, type Case } from './case.ts';
import { dualsOf } from './duals.ts';

/** Every price is the offer's reserve plus its one scarcity, split by floor, duty and levy, within both limits. */
export function priced(c: Case): string {
  const { proof, rules, trades, fail } = c;
  const prices = new Map(
    proof.quarters.map((each, index) => [each.quarter, dualsOf(each.prices, `/quarters/${index}/prices`, c)]),
  );
  for (const { at, quarter, offer, bid, price, landed, duties, levy } of trades) {
    const { destination } = bid.json;
    const lane = rules.lane(offer.origin, destination);
    const duals = prices.get(quarter)!;
    const above = duals.above(offer, bid);
    const due = rules.reserve(offer.price, lane) + above;
    const parts = rules.split(offer.price, due, above, lane);
    const must = (right: boolean, part: string, problem: string): void => {
      if (!right) fail(`${at}/${part}`, problem);
    };
    must(
      price + duties + levy === landed,
      'landed',
      `price ${price} + duties ${duties} + levy ${levy} are not landed ${landed}`,
    );
    must(
      landed === due,
      'landed',
      `the landed reserve and the scarcity of ${offer.json.id} make ${due} ticks`,
    );
    must(landed <= bid.price, 'landed', `above the limit of ${bid.json.id}, ${bid.price} ticks`);
    must(price === parts.price, 'price', `the seller is due ${parts.price} ticks`);
    must(price >= offer.price, 'price', `below the ask of ${offer.json.id}, ${offer.price} ticks`);
    must(lane.effect !== 'hard' || price >= lane.floor, 'price', `below the floor, ${lane.floor} ticks`);
    must(lane.effect === 'none' || landed >= lane.floor, 'landed', `below the floor, ${lane.floor} ticks`);
    must(duties === parts.duties, 'duties', `duties are ${parts.duties} ticks`);
    must(levy === parts.levy, 'levy', `the levy is ${parts.levy} ticks`);
  }
  return `${many(trades.length, 'price')}: one scarcity per offer, one price per offer and destination; floors, duties and levies recomputed; no seller below its ask or a hard floor, no buyer above its limit`;
}

/** What buyers pay is what sellers receive, duties and levies, in minor units: nothing is kept. */
export function balanced({ proof, measure, trades, fail }: Case): string {
  const total = (part: 'price' | 'landed' | 'duties' | 'levy'): bigint =>
    measure.minorUnits(sum(trades.map((trade) => trade[part] * trade.lots)));
  const { snapshot, levyTotal, contracts } = proof;
  const { currency } = snapshot.product;
  const levies = total('levy');
  if (total('landed') !== total('price') + total('duties') + levies)
    fail('/quarters', 'buyers do not pay what sellers, duties and levies receive');
  if (levyTotal.currency !== currency || measure.minorUnitsOf(levyTotal.amount) !== levies)
    fail('/levyTotal', `the levies make ${levies} minor units of ${currency}`);
  const pairs = new Set(trades.map(({ pair }) => pair)).size;
  if (contracts !== pairs) fail('/contracts', `${pairs} pairs of offer and bid trade`);
  const say = (amount: bigint): string => `${measure.written(amount)} ${currency}`;
  return `Money: buyers pay ${say(total('landed'))} = sellers ${say(total('price'))} + duties ${say(total('duties'))} + levy ${say(levies)}; nothing is kept`;
}
