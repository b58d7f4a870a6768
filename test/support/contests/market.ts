import { publishOutcomes } from '../../../functions/settlement/publish-outcomes.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import { lockOrder } from '../../../shared/store/book.ts';
import { readContract } from '../../../shared/store/contracts.ts';
import { appendToContract } from '../../../shared/store/settlements.ts';
import { ada, buyer, mine } from '../market-api.ts';
import { Settling } from '../settling.ts';
import { bidBody, flat, offerBody, usd } from '../trading.ts';
import { eachOf, type Act, type Contest } from './contest.ts';
import { clears, clearsAs, clearsTwice, inTurn, settlement, settles, undisturbed } from './workers.ts';
import type { World } from './world.ts';

/*
 * A market between gate closure and its contracts. The fence alone keeps a worker that is behind from everything; so, each at
 * its own step, does what that step writes. And what a chunk takes is held by the chunk, its contracts and its orders, each.
 */

/** An offer and a bid for a part of it, and somebody who asks for them to be cleared; answers the offer. */
async function asked({ trading }: World): Promise<string> {
  const { id } = (await trading.done(mine, 'POST', '/v1/offers', offerBody(trading.site))).body;
  await trading.done(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('60') }));
  await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
  return id;
}

/** The same in a market that has been cleared before. */
async function askedAgain(world: World): Promise<string> {
  await asked(world);
  await clears(undisturbed(world), undefined);
  return asked(world);
}

const fence = 'MARKET CONTROL fenceIs';
const phase = 'MARKET CONTROL phaseIs';
const steps = [
  'PENDING * exists',
  'CLEARING CLEARING statusIs',
  'MARKET RUN doesNotExist',
  'MARKET USE doesNotExist',
  'MARKET USE lastCounted',
];
const any = (guards: readonly string[]): RegExp =>
  new RegExp(`^(${guards.join('|').replaceAll('*', '\\*')})$`);

/** What they come to depends on who is first; it must be sound, whoever is. */
const twoWorkers = { arrange: asked, one: clears, other: clearsTwice, isFree: true };

export const runContests: readonly Contest<string>[] = [
  ...eachOf(
    {
      keeps: 'what a run has done from a worker that is behind',
      foundBy: 'somebody is stuck',
      ...twoWorkers,
      beside: any([phase, ...steps]),
    },
    fence,
  ),
  ...eachOf(
    {
      keeps: 'the phases of a run in their order',
      foundBy: 'somebody is stuck',
      ...twoWorkers,
      beside: any([fence]),
    },
    phase,
  ),
  ...steps.flatMap((step) =>
    eachOf(
      {
        keeps: 'that a run is opened, decided and closed once',
        foundBy: step.startsWith('MARKET') ? 'origin_use' : 'somebody is stuck',
        ...{ ...twoWorkers, afterwards: clears },
        ...(step.endsWith('lastCounted') ? { arrange: askedAgain } : {}),
        beside: any([fence, phase, ...steps.filter((other) => other !== step)]),
      },
      step,
    ),
  ),
  ...eachOf(
    {
      keeps: 'what stands of a market from whoever believes to be its first',
      foundBy: 'somebody is stuck',
      ...twoWorkers,
    },
    'MARKET CONTROL doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that one of two workers clears',
      foundBy: 'done twice',
      ...{ arrange: asked, one: clearsAs('one'), other: clearsAs('other') },
      ...{ heldAt: / phaseIs$/, isFree: true },
    },
    'MARKET CONTROL leaseIsFree',
  ),
  ...eachOf(
    {
      keeps: 'that a chunk is applied once',
      foundBy: 'order_balance',
      ...{ ...twoWorkers, heldAt: /^PLAN GUARD /, holdsOne: true },
    },
    'PLAN GUARD doesNotExist',
    'CONTRACT CONTRACT doesNotExist',
    'CONTRACT EVENT doesNotExist',
    'ORDER ORDER isOpen',
    'ORDER ORDER lockedBy',
    'ORDER ORDER versionIs',
    'ORDER ORDER stillThere',
  ),
];

const changes =
  (price: string): Act<string> =>
  (as, id) =>
    as.ask(mine, 'PATCH', `/v1/offers/${id}`, { price: usd(price) }, { 'If-Match': '"1"' });
const withdraws: Act<string> = (as, id) => as.ask(mine, 'POST', `/v1/offers/${id}/withdraw`);
const offersMore: Act<string> = (as) => as.ask(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('5') }));

export const gateContests: readonly Contest<string>[] = [
  ...eachOf(
    {
      keeps: 'a change of an order from another of the same version',
      foundBy: 'no order of the two',
      ...{ arrange: asked, one: changes('91.00'), other: changes('92.00') },
    },
    'ORDER ORDER versionIs',
  ),
  ...eachOf(
    {
      keeps: 'that an order which was withdrawn stays so',
      foundBy: 'order_book',
      ...{ arrange: asked, one: changes('91.00'), other: withdraws, begun: /^ORDER \S+ versionIs$/ },
    },
    'ORDER ORDER isOpen',
    'ORDER ORDER versionIs',
  ),
  ...eachOf(
    {
      keeps: 'that what was withdrawn is not cleared',
      foundBy: 'site_entries',
      ...{ isFree: true, arrange: asked, one: clears, other: withdraws, begun: /^ORDER \S+ versionIs$/ },
    },
    'ORDER ORDER isOpen',
  ),
  ...eachOf(
    {
      keeps: 'an order that a run has locked from being changed',
      foundBy: 'somebody is stuck',
      ...{ arrange: asked, one: changes('91.00'), other: clears, dies: true, afterwards: clears },
      beside: /^ORDER \S+ versionIs$/,
    },
    'ORDER ORDER freeOfRuns',
  ),
  ...eachOf(
    {
      keeps: 'the gate for whoever comes after it',
      foundBy: 'no order of the two',
      ...{ arrange: asked, one: clears, other: offersMore, clocks: [0, 20_000] },
    },
    'ORDER ORDER postedBy',
  ),
  ...eachOf(
    {
      keeps: 'what has expired from trading',
      foundBy: 'no order of the two',
      arrange: async (world) => {
        const id = await asked(world);
        const body = offerBody(world.trading.site, { validUntil: world.later(10_000), price: usd('80.00') });
        await world.trading.done(mine, 'POST', '/v1/offers', body);
        return id;
      },
      ...{ one: clears, other: offersMore, clocks: [20_000, 0] },
    },
    'ORDER ORDER validAfter',
  ),
  ...eachOf(
    {
      keeps: 'what a run has locked from a worker of the run before',
      foundBy: 'no order of the two',
      arrange: asked,
      one: async ({ table, clock }, id) =>
        (await lockOrder(table, id, { run: 1, ended: 0, gateClosure: clock() })).state === 'locked'
          ? 'done'
          : 'refused',
      other: async ({ table, clock }, id) => {
        await lockOrder(table, id, { run: 2, ended: 1, gateClosure: clock() });
        return 'done';
      },
    },
    'ORDER ORDER freeForRun',
  ),
];

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
