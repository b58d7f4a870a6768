import { capacityRows } from './oracle.ts';
import { makeOptimiser } from './highs.ts';
import type { SupportedNetwork } from '../../shared/clearing/support/support-flow.ts';

/** The most lots whose cost is within the budget, and the least cost of so many. */
export interface BestSupport {
  readonly volume: number;
  readonly cost: number;
}

/** By HiGHS's mixed-integer method over all quarters at once; it shares nothing with augmenting paths. */
export async function makeSupportOracle(): Promise<
  (budget: number, quarters: readonly SupportedNetwork[]) => BestSupport
> {
  const optimum = await makeOptimiser();
  return (budget, quarters) => {
    const rows: string[] = [];
    const lots: string[] = [];
    const costs: string[] = [];
    for (const [quarter, { network, gap, pairLots, groups = [] }] of quarters.entries()) {
      const named = (text: string): string =>
        text.replaceAll(/\b(x|offer|bid|cap|limit)(\d+)/g, `q${quarter}$1$2`);
      rows.push(...capacityRows(network).map(named));
      for (const [group, { offers, lots: most }] of groups.entries()) {
        const counted = [...network.pairOffer.keys()].filter((pair) =>
          offers.includes(network.pairOffer[pair]!),
        );
        if (counted.length > 0)
          rows.push(
            named(` group${group}: ${counted.map((pair) => `+ 1 x${pair}`).join(' ')} <= ${most}`).replace(
              'group',
              `q${quarter}group`,
            ),
          );
      }
      for (const pair of gap.keys()) {
        const name = named(`x${pair}`);
        lots.push(name);
        costs.push(`+ ${gap[pair]!} ${name}`);
        if (pairLots !== undefined && pairLots[pair]! < Infinity)
          rows.push(` q${quarter}most${pair}: ${name} <= ${pairLots[pair]!}`);
      }
    }
    if (lots.length === 0) return { volume: 0, cost: 0 };
    const volume = `+ ${lots.join('\n + ')}`;
    const cost = costs.join('\n ');
    const solve = (goal: string, extra: string): number =>
      Math.round(optimum(`${goal}\nSubject To\n${rows.join('\n')}\n${extra}`, lots));
    const most = solve(`Maximize\n obj: ${volume}`, ` budget: ${cost} <= ${budget}`);
    return { volume: most, cost: solve(`Minimize\n obj: ${cost}`, ` most: ${volume} >= ${most}`) };
  };
}
