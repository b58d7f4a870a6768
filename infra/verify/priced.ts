import { many, sum, type Case } from './case.ts';
import { reserve, split } from './lanes.ts';

/** Every price is the offer's reserve plus its one scarcity, split by floor, duty and levy, within both limits. */
export function priced({ rules, duals, trades, fail }: Case): string {
  for (const { at, offer, bid, price, landed, duties, levy } of trades) {
    const lane = rules.lane(offer.origin, bid.json.destination);
    const above = duals.get(at.replace(/flows.*/, 'prices'))?.above(offer, bid) ?? 0n;
    const due = reserve(offer.price, lane) + above;
    const parts = split(offer.price, due, above, lane);
    const floor = `below the floor of ${lane.floor} ticks`;
    const sum = price + duties + levy;
    const findings: [boolean, keyof typeof parts | 'landed', string][] = [
      [landed === sum, 'landed', `price, duties and levy make ${sum} ticks`],
      [landed === due, 'landed', `landed reserve and scarcity of ${offer.json.id} make ${due} ticks`],
      [landed <= bid.price, 'landed', `above the limit of ${bid.json.id}, ${bid.price} ticks`],
      [landed >= lane.floor || lane.effect === 'none', 'landed', floor],
      [price === parts.price, 'price', `the seller is due ${parts.price} ticks`],
      [price >= offer.price, 'price', `below the ask of ${offer.json.id}, ${offer.price} ticks`],
      [price >= lane.floor || lane.effect !== 'hard', 'price', floor],
      [duties === parts.duties, 'duties', `the duties are ${parts.duties} ticks`],
      [levy === parts.levy, 'levy', `the levy is ${parts.levy} ticks`],
    ];
    for (const [holds, part, problem] of findings) if (!holds) fail(`${at}/${part}`, problem);
  }
  return `${many(trades.length, 'price')}: one scarcity per offer, one price per offer and destination; floors, duties and levies recomputed; no seller below its ask or a hard floor, no buyer above its limit`;
}

/** What buyers pay is what sellers receive, duties and levies, in minor units: nothing is kept. */
export function balanced({ proof, measure, trades, fail }: Case): string {
  const total = (part: 'price' | 'landed' | 'duties' | 'levy'): bigint =>
    measure.minorUnits(sum(trades.map((trade) => trade[part] * trade.lots)));
  const [paid, received, duties, levy] = [total('landed'), total('price'), total('duties'), total('levy')];
  const { snapshot, levyTotal, contracts } = proof;
  const { currency } = snapshot.product;
  if (paid !== received + duties + levy) fail('/quarters', 'buyers do not pay what all others receive');
  if (levyTotal.currency !== currency || measure.minorUnitsOf(levyTotal.amount) !== levy)
    fail('/levyTotal', `the levies make ${levy} minor units of ${currency}`);
  const pairs = new Set(trades.map(({ pair }) => pair)).size;
  if (contracts !== pairs) fail('/contracts', `${pairs} pairs of offer and bid trade`);
  const say = (amount: bigint): string => `${measure.written(amount)} ${currency}`;
  return `Money: buyers pay ${say(paid)} = sellers ${say(received)} + duties ${say(duties)} + levy ${say(levy)}; nothing is kept`;
}
