import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { must } from '../../../shared/kernel/result.ts';
import { bidSchema } from '../../../shared/orders/bid.ts';
import { memberTermsSchema } from '../../../shared/orders/pool.ts';
import { lotsOf } from '../../../shared/pricing/product-terms.ts';
import { zoneSchema } from '../../../shared/reference/zone.ts';
import { bookEntryItem } from '../../../shared/store/orders/book.ts';
import type { MemberEntry } from '../../../shared/store/orders/member-entry.ts';
import { memberAttribute, sumsOf } from '../../../shared/store/orders/member-entry.ts';
import { lotsAttribute, orderItem, readOrderState } from '../../../shared/store/orders/order-item.ts';
import { idOf, Scenario, scenarioProduct, scenarioStart } from '../../support/clearing-scenario.ts';
import type { Meddler } from '../../support/faults.ts';
import { Crash, crashAt, deaths, flaky, meddledObjects, seeded } from '../../support/faults.ts';

let undisturbed: unknown;
let writes: number;

const posted = '2026-11-22T11:00:00.000Z';
const quarters = ['2027-Q1', '2027-Q2'];
const partners = z.decode(zoneSchema, {
  ...{ id: 'partners', name: 'Partners', members: ['DE', 'JP', 'US', 'AU'] },
  ...{ version: 1, recordedAt: posted, recordedBy: 'tests' },
});

/** A member asking for so many lots of 10 kg in each quarter. */
const member = (organisation: string, lots: bigint, destination: string, minimum?: bigint): MemberEntry => ({
  ...{ organisation, status: 'joined', joinedAt: posted },
  ...(minimum === undefined ? {} : { minimum }),
  body: z.encode(
    memberTermsSchema,
    z.decode(memberTermsSchema, {
      destination,
      delivery: {
        ...{ from: '2027-Q1', to: '2027-Q2' },
        quantityPerQuarter: { amount: String(lots * 10n), unit: 'kg' },
      },
      ...(minimum === undefined ? {} : { minimum: { amount: String(minimum * 10n), unit: 'kg' } }),
    }),
  ),
  requested: Object.fromEntries(quarters.map((quarter) => [quarter, lots])),
  state: {
    ...{ version: 1, updatedAt: posted },
    remaining: Object.fromEntries(quarters.map((quarter) => [quarter, lots])),
  },
});
const pool = idOf('bid', 'POOL');
const members: Record<string, MemberEntry> = {
  [idOf('mem', 'P')]: member('maker-p', 12n, 'DE'),
  [idOf('mem', 'Q')]: member('maker-q', 6n, 'JP'),
  // Its share would be below its minimum, and the others ask for all there is.
  [idOf('mem', 'R')]: member('maker-r', 6n, 'DE', 6n),
};

/** Two sellers of 10 and 7 lots a quarter, a pool of 24, and a bid beside it. */
async function start(): Promise<Scenario> {
  const scenario = await Scenario.empty();
  await scenario.offer({ name: 'A', owner: 'mine-a', price: '90.00', kg: '100' });
  await scenario.offer({ name: 'B', owner: 'mine-b', price: '95.00', kg: '70' });
  await scenario.bid({ name: 'X', owner: 'maker-x', price: '100.00', kg: '50' });
  const { requested, remaining } = sumsOf(Object.values(members));
  const bid = z.decode(bidSchema, {
    ...{ id: pool, product: 'ndpr', pool: idOf('pol', 'POOL'), zone: 'partners', buyer: 'agency' },
    ...{ price: { amount: '120.00', currency: 'USD', per: 'kg' }, delivery: { schedule: [] } },
    ...{ status: 'open', remaining: [], contracted: [], contractedByOrigin: [], warnings: [], version: 1 },
    ...{ postedAt: posted, updatedAt: posted },
  });
  await scenario.table.transact([
    {
      name: 'order',
      put: {
        ...orderItem(bid, requested),
        remaining: lotsAttribute(remaining),
        members: Object.fromEntries(Object.entries(members).map(([id, each]) => [id, memberAttribute(each)])),
      },
    },
    { name: 'book entry', put: bookEntryItem('ndpr', pool) },
  ]);
  await scenario.request('FIRST');
  return scenario;
}

function workerOf(scenario: Scenario, meddler?: Meddler) {
  const plain = scenario.worker(
    meddler === undefined ? {} : { meddler, objects: meddledObjects(scenario.objects, meddler) },
  );
  return {
    ...plain,
    clear: clearAndDocument,
    reference: {
      ...plain.reference,
      configuration: async (...of: Parameters<typeof plain.reference.configuration>) => ({
        ...(await plain.reference.configuration(...of)),
        zones: [partners],
      }),
    },
  };
}
const run = (scenario: Scenario, meddler?: Meddler) =>
  runDueClearings(workerOf(scenario, meddler), { product: 'ndpr' });

/** For each member and quarter: quantity = remaining + Σ its contracts; the bid's remainder is the sum of theirs. */
async function checkMembers(scenario: Scenario): Promise<void> {
  await scenario.checkInvariants();
  const contracts = (await scenario.contracts()).filter(({ bid }) => bid === pool);
  const item = (await scenario.items()).find(({ pk }) => pk === `ORDER#${pool}`);
  const state = readOrderState(item!);
  const sums = new Map<string, bigint>();
  for (const [id, { organisation, requested, state: own }] of Object.entries(state.members!))
    for (const quarter of quarters) {
      const contracted = contracts
        .filter(({ member: whose }) => whose === id)
        .flatMap(({ buyer, schedule }) => {
          expect(buyer).toBe(organisation);
          return schedule;
        })
        .filter((entry) => entry.quarter === quarter)
        .reduce((sum, { quantity }) => sum + must(lotsOf(quantity, scenarioProduct)), 0n);
      const left = own.remaining[quarter]!;
      expect(left).toBeGreaterThanOrEqual(0n);
      expect(left + contracted, `${id} ${quarter}`).toBe(requested[quarter]);
      sums.set(quarter, (sums.get(quarter) ?? 0n) + left);
    }
  expect(Object.fromEntries(sums)).toEqual(state.remaining);
}

beforeAll(async () => {
  const scenario = await start();
  const counter = crashAt(Infinity, 'before');
  await run(scenario, counter);
  await checkMembers(scenario);
  undisturbed = await pictureOf(scenario);
  writes = counter.writes;
});

/** Without the instants at which members' states were written down. */
const pictureOf = async (scenario: Scenario): Promise<unknown> =>
  JSON.parse(
    JSON.stringify(await scenario.picture(), (name, value: unknown) =>
      name === 'updatedAt' ? undefined : typeof value === 'bigint' ? `${value}` : value,
    ),
  );

describe('a clearing with a pool', () => {
  it('contracts every member that is served, in several transactions', async () => {
    const scenario = await start();
    await run(scenario);
    const contracts = (await scenario.contracts()).filter(({ bid }) => bid === pool);
    expect(contracts.map(({ buyer }) => buyer).sort()).toEqual(['maker-p', 'maker-p', 'maker-q', 'maker-q']);
    expect(new Set(contracts.map(({ id }) => id)).size).toBe(4);
    expect(writes).toBeGreaterThan(15);
  });

  it(
    'whose worker dies just before any one of its writes, or after the last, is completed by another to the same result',
    { timeout: 240_000 },
    async () => {
      for (const [done, death] of deaths(writes).entries()) {
        const scenario = await start();
        await expect(run(scenario, death)).rejects.toThrow(Crash);
        await checkMembers(scenario);
        scenario.advance(3_600_000);
        await run(scenario);
        await checkMembers(scenario);
        const picture = (await pictureOf(scenario)) as { clearing: { gateClosure: string } };
        if (picture.clearing.gateClosure === scenarioStart)
          expect(picture, `after ${done} writes`).toEqual(undisturbed);
        // Nothing is left to do twice.
        const contracts = await scenario.contracts();
        scenario.advance(3_600_000);
        await run(scenario);
        expect(await scenario.contracts()).toEqual(contracts);
      }
    },
  );

  it.for([1, 2, 3])('goes through a table that throttles and loses answers (seed %i)', async (seed) => {
    const scenario = await start();
    const faults = flaky(seeded(seed), 0.3);
    await run(scenario, faults);
    expect(faults.faults).toBeGreaterThan(2);
    await checkMembers(scenario);
    expect(await pictureOf(scenario)).toEqual(undisturbed);
  });
});
