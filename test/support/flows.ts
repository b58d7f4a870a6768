import { bidOf, type Network } from '../../shared/clearing/solver/network.ts';

/** What a flow adds up to. */
export function totals(network: Network, flow: ArrayLike<number>) {
  let gains = 0;
  let volume = 0;
  let inside = 0;
  const sold = Array.from(network.supply, () => 0);
  const bought = Array.from(network.demand, () => 0);
  const through = Array.from(network.capLots, () => 0);
  for (const [pair, offer] of network.pairOffer.entries()) {
    const lots = flow[pair]!;
    const head = network.pairHead[pair]!;
    gains += lots * network.pairWeight[pair]!;
    volume += lots;
    inside += lots * network.pairInside[pair]!;
    sold[offer]! += lots;
    bought[bidOf(network, head)]! += lots;
    if (head >= network.demand.length) through[head - network.demand.length]! += lots;
  }
  return { gains, volume, inside, sold, bought, through };
}

/** Every feasible flow of a tiny market. */
export function* everyFlow(network: Network): Generator<number[]> {
  const supply = [...network.supply];
  const demand = [...network.demand];
  const caps = [...network.capLots];
  const flow = Array.from(network.pairOffer, () => 0);
  function* from(pair: number): Generator<number[]> {
    if (pair === flow.length) {
      yield flow.slice();
      return;
    }
    const offer = network.pairOffer[pair]!;
    const head = network.pairHead[pair]!;
    const bid = bidOf(network, head);
    const cap = head - demand.length;
    const most = Math.min(supply[offer]!, demand[bid]!, cap >= 0 ? caps[cap]! : Infinity);
    for (let lots = 0; lots <= most; lots++) {
      flow[pair] = lots;
      supply[offer]! -= lots;
      demand[bid]! -= lots;
      if (cap >= 0) caps[cap]! -= lots;
      yield* from(pair + 1);
      supply[offer]! += lots;
      demand[bid]! += lots;
      if (cap >= 0) caps[cap]! += lots;
    }
    flow[pair] = 0;
  }
  yield* from(0);
}
