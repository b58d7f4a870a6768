import { many, sum, type Case, type Part, type Trade } from './case.ts';
import { whole } from './exact.ts';
import { ownShare, reserve, split } from './lanes.ts';

/** Every price is the offer's reserve plus its one scarcity, split by floor, duty and levy, within both limits. */
export function priced({ rules, duals, trades, fail }: Case): string {
  for (const trade of trades) {
    const { at, offer, bid, price } = trade;
    const lane = rules.lane(offer.origin, bid.json.destination);
    const above = duals.get(at.replace(/flows.*/, 'prices'))?.above(offer, bid) ?? 0n;
    const due = reserve(offer.price, lane) + above;
    const parts = split(offer.price, due, above, lane);
    if (trade.parts !== undefined) pricedParts(trade.parts, { rules, trade, due, whole: parts, fail });
    const { landed, duties, levy } = trade.parts === undefined ? trade : { landed: due, ...parts };
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

/** Every member pays the seller's one price with the duties of its own destination, and no more than its pool's bid. */
function pricedParts(
  parts: readonly Part[],
  {
    rules,
    trade,
    due,
    whole,
    fail,
  }: Pick<Case, 'rules' | 'fail'> & {
    readonly trade: Trade;
    readonly due: bigint;
    readonly whole: ReturnType<typeof split>;
  },
): void {
  const { offer, bid } = trade;
  const pool = rules.lane(offer.origin, bid.json.destination);
  for (const { at, member, price, landed, duties, levy } of parts) {
    const destination = bid.members?.find(({ json }) => json.id === member)?.json.destination;
    if (destination === undefined) continue;
    const own = rules.lane(offer.origin, `${bid.json.zone ?? ''}:${destination}`);
    const alike = own.duty.over * pool.duty.under === pool.duty.over * own.duty.under;
    const owed = alike ? whole : ownShare(price, own);
    if (price !== whole.price) fail(`${at}/price`, `the seller is due ${whole.price} ticks`);
    if (duties !== owed.duties) fail(`${at}/duties`, `the duties are ${owed.duties} ticks`);
    if (levy !== owed.levy) fail(`${at}/levy`, `the levy is ${owed.levy} ticks`);
    if (landed !== price + duties + levy) fail(`${at}/landed`, 'is not price, duties and levy');
    if (landed > due) fail(`${at}/landed`, `above what its pool's bid pays, ${due} ticks`);
    if (own.effect !== 'none' && landed < own.floor)
      fail(`${at}/landed`, `below the floor of ${own.floor} ticks`);
  }
}

type Paid = Pick<Trade, 'lots' | 'price' | 'landed' | 'duties' | 'levy'> & { readonly support?: bigint };

/** What buyers and programmes pay is what sellers receive, duties and levies, in minor units: nothing is kept. */
export function balanced({ proof, measure, trades, fail }: Case): string {
  const supported = (proof.support ?? []).flatMap(({ flows }) =>
    flows.map((flow) => ({
      ...{ lots: whole(flow.lots), price: whole(flow.price), landed: whole(flow.landed) },
      ...{ duties: whole(flow.duties), levy: whole(flow.levy), support: whole(flow.support) },
    })),
  );
  const paid: readonly Paid[] = [
    ...trades.flatMap((trade): readonly Paid[] => trade.parts ?? [trade]),
    ...supported,
  ];
  const total = (part: 'price' | 'landed' | 'duties' | 'levy' | 'support'): bigint =>
    measure.minorUnits(sum(paid.map((each) => (each[part] ?? 0n) * each.lots)));
  const [spent, received, duties, levy] = [total('landed'), total('price'), total('duties'), total('levy')];
  const support = total('support');
  const { snapshot, levyTotal, contracts } = proof;
  const { currency } = snapshot.product;
  if (spent !== received + duties + levy) fail('/quarters', 'buyers do not pay what all others receive');
  if (levyTotal.currency !== currency || measure.minorUnitsOf(levyTotal.amount) !== levy)
    fail('/levyTotal', `the levies make ${levy} minor units of ${currency}`);
  const pairs = new Set([
    ...trades.flatMap(({ pair, parts }) => parts?.map(({ member }) => `${pair} ${member}`) ?? [pair]),
    ...(proof.support ?? []).flatMap(({ programme, flows }) =>
      flows.map(({ offer, bid }) => `${offer}>${bid} ${programme}`),
    ),
  ]).size;
  if (contracts !== pairs) fail('/contracts', `${pairs} pairs of offer and bid or member trade`);
  const say = (amount: bigint): string => `${measure.written(amount)} ${currency}`;
  const from = support === 0n ? '' : ` and programmes ${say(support)}`;
  return `Money: buyers pay ${say(spent - support)}${from} = sellers ${say(received)} + duties ${say(duties)} + levy ${say(levy)}; nothing is kept`;
}
