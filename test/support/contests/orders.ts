import { keys } from '../../../shared/store/table/keys.ts';
import { leaseRequests, windowAt, type RateWindow } from '../../../shared/store/service/rate-leases.ts';
import { readSite, siteSeries } from '../../../shared/store/sites/sites.ts';
import { recordVersion } from '../../../shared/store/table/versioned.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { ada, bob, mine } from '../market-api.ts';
import { floorBody, productBody } from '../reference.ts';
import { flat, kg, offerBody } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { clears } from './workers.ts';
import type { World } from './world.ts';

interface AtSite {
  readonly site: string;
}

/** A site that makes 100 kg a year, of which an offer asks for 30. */
async function smallSite({ trading }: World): Promise<AtSite> {
  const site = await trading.siteOf(mine, { capacityPerYear: kg('100') });
  await trading.done(mine, 'POST', '/v1/offers', offerBody(site, { delivery: flat('30') }));
  return { site };
}

const offers =
  (amount: string): Act<AtSite> =>
  (as, { site }) =>
    as.ask(mine, 'POST', '/v1/offers', offerBody(site, { delivery: flat(amount) }));

const halvesLots: Act<unknown> = (as) =>
  as.ask(ada, 'PUT', '/v1/products/ndpr-oxide', productBody({ lot: { amount: '50', unit: 'kg' } }));

const approves =
  (index: number): Act<readonly string[]> =>
  (as, floors) =>
    as.ask(bob, 'POST', `/v1/floors/${floors[index] ?? ''}/approve`);

export const siteContests: readonly Contest<AtSite>[] = [
  {
    keeps: 'that two offers do not ask for more of a site than it makes',
    guard: / offersRevisionIs$/,
    foundBy: 'site_capacity',
    arrange: smallSite,
    one: offers('40'),
    other: offers('50'),
  },
  {
    keeps: 'that an offer is judged by the site as it stands',
    guard: / siteAsRead$/,
    foundBy: 'site_capacity',
    arrange: smallSite,
    one: offers('60'),
    // Nobody can change what a site makes; whoever lets people do so finds offers guarded.
    other: async ({ table, clock }, { site: id }) => {
      const site = await readSite(table, id);
      const asked = await table.query(keys.site(id).pk, { prefix: 'OFFER#' });
      if (site === undefined || asked.length > 1) return 'refused';
      const less = {
        ...site,
        ...{ capacityPerYear: { amount: decimal('50'), unit: 'kg' as const }, version: site.version + 1 },
        recordedAt: clock(),
      };
      const written = await table.transact(recordVersion(siteSeries, less));
      return written.done ? 'done' : 'refused';
    },
  },
  {
    keeps: 'that no order is counted in lots of another size',
    guard: / notTraded$/,
    foundBy: 'no order of the two',
    arrange: ({ trading }) => Promise.resolve({ site: trading.site }),
    one: halvesLots,
    other: offers('30'),
  },
  {
    keeps: 'that an order is counted in the lots of the product as it stands',
    guard: / termsAsRead$/,
    foundBy: 'no order of the two',
    arrange: ({ trading }) => Promise.resolve({ site: trading.site }),
    one: offers('30'),
    other: halvesLots,
  },
];

export const orderContests: readonly Contest<string>[] = [
  {
    keeps: 'an order in the book whose validity was prolonged while a run found it expired',
    guard: / validityIs$/,
    foundBy: 'order_book',
    arrange: async (world) => {
      const { trading } = world;
      const body = offerBody(trading.site, { validUntil: world.later(10_000) });
      const { id } = (await trading.done(mine, 'POST', '/v1/offers', body)).body;
      await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
      return id;
    },
    one: clears,
    other: (as, id) =>
      as.ask(
        mine,
        'PATCH',
        `/v1/offers/${id}`,
        { validUntil: '2027-01-01T00:00:00.000Z' },
        { 'If-Match': '"1"' },
      ),
    begun: /^ORDER \S+ versionIs$/,
    clocks: [20_000, 0],
    // It is open, and left out of a run that was to have it.
    isFree: true,
  },
];

export const floorContests: readonly Contest<readonly string[]>[] = [
  {
    keeps: 'that of two floors on one day one is approved',
    guard: /^CONFIGURATION \S+ revisionIs$/,
    foundBy: 'no order of the two',
    arrange: async ({ trading }) => {
      const ids: string[] = [];
      for (const rationale of ['Cost of production', 'Parity']) {
        const body = floorBody({ rationale });
        ids.push((await trading.done(ada, 'POST', '/v1/floors', body)).body.id);
      }
      return ids;
    },
    one: approves(0),
    other: approves(1),
  },
];

const leases: Act<RateWindow> = async ({ table }, window) =>
  (await leaseRequests(table, window, 5)).given > 0 ? 'done' : 'refused';

export const rateContests: readonly Contest<RateWindow>[] = [
  {
    keeps: 'that instances together let no more requests through than one may ask',
    guard: / isLeft$/,
    foundBy: 'no order of the two',
    arrange: async ({ table, now }) => {
      const window = windowAt('mine-au', now, 60_000, 10);
      await leaseRequests(table, window, 8);
      return window;
    },
    one: leases,
    other: leases,
  },
];
