import { publishOutcomes } from '../../../functions/settlement/publish-outcomes.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import { readContract } from '../../../shared/store/contracts/contracts.ts';
import { appendToContract } from '../../../shared/store/contracts/settlements.ts';
import { Settling } from '../settling.ts';
import { asked } from './asked.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import { clears, inTurn, settlement, settles, undisturbed } from './workers.ts';
import type { World } from './world.ts';

interface Due {
  readonly contract: string;
}

/** A contract of which a quarter has been delivered and is over. */
const due =
  (now: string) =>
  async (world: World): Promise<Due> => {
    await asked(world);
    await clears(undisturbed(world), undefined);
    const at = new Settling(world.trading);
    const [contract] = await at.contracts();
    at.now = '2027-02-10T12:00:00.000Z';
    await at.deliver(contract?.id ?? '', 'A', '2027-Q1', '20');
    at.now = now;
    return { contract: contract?.id ?? '' };
  };

/** Somebody has weighed again what was delivered. */
const weighsAgain: Act<Due> = async ({ table, clock }, { contract }) => {
  const read = await readContract(table, contract);
  const delivered = read?.events.find((event) => event.type === 'delivery_accepted');
  if (read === undefined || delivered === undefined) throw new Error('nothing was delivered');
  const finalQuantity = { amount: decimal('19'), unit: 'kg' as const };
  const { delivery } = delivered;
  const event = {
    type: 'delivery_corrected',
    at: clock(),
    delivery,
    finalQuantity,
    reason: 'scale',
  } as const;
  const written = await table.transact(appendToContract(read, [event], dateOf(clock())));
  return written.done ? 'done' : 'refused';
};

const publishes: Act<Due> = async (as) =>
  (await publishOutcomes(settlement(as), () => false)).length > 0 ? 'done' : 'refused';

export const settlementContests: readonly Contest<Due>[] = [
  ...eachOf(
    {
      keeps: 'that a quarter is settled once',
      foundBy: 'contract_chain',
      ...{
        holdsOne: true,
        isFree: true,
        arrange: due('2027-05-20T12:00:00.000Z'),
        one: settles,
        other: inTurn(weighsAgain, settles),
      },
    },
    'SETTLEMENT * doesNotExist',
    'LEDGER ENTRY doesNotExist',
    'ACCOUNT * doesNotExist',
    'CONTRACT EVENT doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that a quarter is published once',
      foundBy: 'no order of the two',
      arrange: async (world) => {
        const found = await due('2027-05-20T12:00:00.000Z')(world);
        await settles(undisturbed(world), undefined);
        world.now = '2027-06-05T12:00:00.000Z';
        return found;
      },
      ...{ one: publishes, other: publishes, clocks: [0, 60_000] },
    },
    'MARKET OUTCOME doesNotExist',
  ),
];
