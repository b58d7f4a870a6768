import type { Caller } from '../../../shared/reference/caller.ts';
import { ada, auditor, buyer, mine, stockpile as reserve } from '../market-api.ts';
import { project as projectBody } from '../doors/requests.ts';
import { productBody, schemeBody } from '../reference.ts';
import { accountBody, activeStockpile, openedLot, openingBody } from '../stock.ts';
import { flat, kg, offerBody, usd } from '../trading.ts';
import type { Act, Contest } from './contest.ts';
import { eachOf } from './family.ts';
import type { World } from './world.ts';

/*
 * What is put once. Ids are new, and nobody who puts a record leans on it: were one to come up a second time, it would cost
 * nobody the first. And what has its name from elsewhere is put by whoever is first.
 */

interface Ready {
  readonly site: string;
  readonly stockpile: string;
  readonly webhook: string;
  readonly certificate: string;
  readonly project: string;
}

async function ready({ trading }: World): Promise<Ready> {
  const stockpile = await activeStockpile(trading);
  await openedLot(trading, stockpile);
  await trading.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
  await trading.done(ada, 'PUT', '/v1/products/cobalt', productBody({ name: 'Cobalt' }));
  const webhook = (await trading.done(ada, 'POST', '/v1/webhooks', hook('all'))).body.id;
  await trading.done(ada, 'PUT', '/v1/zones/left', {
    ...{ name: 'Left', members: ['FI'], authority: ada.organisation },
  });
  const path = `/v1/sites/${trading.site}/certificates`;
  const shown = (await trading.done(mine, 'POST', path, certificate('A'))).body.id;
  const project = (await trading.done(mine, 'POST', '/v1/projects', projectBody)).body.id;
  return { site: trading.site, stockpile, webhook, certificate: shown, project };
}

const asks =
  (who: Caller, method: string, path: (ready: Ready) => string, body: (ready: Ready) => object): Act<Ready> =>
  (as, value) =>
    as.ask(who, method, path(value), body(value));

/** Two who are given the same id. */
const twins = (
  what: string,
  who: Caller,
  path: (ready: Ready) => string,
  [one, other]: readonly [one: (ready: Ready) => object, other: (ready: Ready) => object],
  ...guards: readonly string[]
): Contest<Ready>[] =>
  eachOf(
    {
      ...{ keeps: `${what} from another of its id`, areTwins: true, foundBy: 'no order of the two' },
      ...{ arrange: ready, one: asks(who, 'POST', path, one), other: asks(who, 'POST', path, other) },
    },
    ...guards,
  );

/** Two who put the same, for the first time or as they have both read it. */
const rivals = (
  keeps: string,
  method: string,
  who: Caller,
  path: (ready: Ready) => string,
  [one, other]: readonly [one: object, other: object],
  ...guards: readonly string[]
): Contest<Ready>[] =>
  eachOf(
    {
      ...{ keeps, foundBy: 'no order of the two', arrange: ready },
      one: asks(who, method, path, () => one),
      other: asks(who, method, path, () => other),
    },
    ...guards,
  );

const site = (country: string) => ({ name: 'Works', country, stage: 'refining', minerals: ['ndpr'] });
const certificate = (reference: string) => ({
  ...{ scheme: 'irma', level: '75', validFrom: '2026-01-01', validTo: '2029-12-31', reference },
});
const need = (amount: string) => ({ annualUse: kg(amount), essential: false, evidence: 'Accounts' });

const account = (amount: string) => accountBody(buyer.organisation, { committed: kg(amount) });
const opening = (amount: string) => ({ opening: openingBody({ quantity: kg(amount) }) });
const since = (day: string) => ({ from: `${day}T00:00:00.000Z` });
const hook = (path: string) => ({ url: `https://hooks.ministry.gov/${path}` });
const pool = (name: string) => ({
  ...{ product: 'ndpr-oxide', zone: 'partners', price: usd('130.00'), name },
  ...{ visibility: 'open', joinUntil: '2027-12-01T00:00:00.000Z' },
});
const reads =
  (who: Caller): Act<unknown> =>
  (as) =>
    as.ask(who, 'GET', '/v1/exchange/publications?zone=left&product=ndpr-oxide');
const both = <T>(one: T, other: T): readonly [() => T, () => T] => [() => one, () => other];

export const onceContests: readonly Contest<Ready>[] = [
  ...twins(
    'an order',
    mine,
    () => '/v1/offers',
    [({ site }) => offerBody(site), ({ site }) => offerBody(site, { delivery: flat('40') })],
    'ORDER ORDER doesNotExist',
  ),
  ...twins(
    'a site',
    mine,
    () => '/v1/sites',
    both(site('AU'), site('CL')),
    'SITE SITE doesNotExist',
    'SITE V doesNotExist',
  ),
  ...twins(
    'a certificate',
    mine,
    ({ site }) => `/v1/sites/${site}/certificates`,
    both(certificate('A'), certificate('B')),
    'SITE CERTIFICATE doesNotExist',
    'CERTIFICATE V doesNotExist',
  ),
  ...twins(
    'a stock lot',
    reserve,
    ({ stockpile }) => `/v1/stockpiles/${stockpile}/lots`,
    both(opening('100'), opening('200')),
    'LOT LOT doesNotExist',
    'LOT V doesNotExist',
  ),
  ...twins(
    "a member's account",
    reserve,
    ({ stockpile }) => `/v1/stockpiles/${stockpile}/accounts`,
    both(account('100'), account('200')),
    'STOCK RECORD doesNotExist',
  ),
  ...twins(
    'a clearing',
    ada,
    () => '/v1/clearings',
    both({ product: 'ndpr-oxide' }, { product: 'cobalt' }),
    'CLEARING CLEARING doesNotExist',
  ),
  ...twins('a webhook', ada, () => '/v1/webhooks', both(hook('a'), hook('b')), 'WEBHOOKS * doesNotExist'),
  ...twins(
    'a replay',
    ada,
    ({ webhook }) => `/v1/webhooks/${webhook}/replay`,
    both(since('2026-11-20'), since('2026-11-22')),
    'WEBHOOK REPLAY doesNotExist',
  ),
  ...twins(
    'a pool',
    buyer,
    () => '/v1/pools',
    both(pool('A'), pool('B')),
    ...['POOL POOL doesNotExist', 'ORDER ORDER doesNotExist'],
  ),
  ...twins(
    'a project',
    mine,
    () => '/v1/projects',
    both(projectBody, { ...projectBody, name: 'Other works' }),
    ...['PROJECT PROJECT doesNotExist', 'PROJECT V doesNotExist'],
  ),
  ...eachOf(
    {
      ...{ keeps: 'a read that was written down from another of its id', areTwins: true },
      ...{ foundBy: 'no order of the two', arrange: ready, one: reads(ada), other: reads(auditor) },
    },
    'READS * doesNotExist',
  ),
  ...rivals(
    'a product from being put first twice',
    'PUT',
    ada,
    () => '/v1/products/tin',
    [productBody({ name: 'Tin' }), productBody({ name: 'Sn' })],
    ...['REF * doesNotExist', 'REF V doesNotExist', 'CONFIGURATION REVISION revisionIs'],
  ),
  ...rivals(
    'the versions of a product',
    'PUT',
    ada,
    () => '/v1/products/cobalt',
    [productBody({ name: 'Tin' }), productBody({ name: 'Sn' })],
    ...['REF * versionIs', 'REF V doesNotExist', 'CONFIGURATION REVISION revisionIs'],
  ),
  ...rivals(
    'that a site is verified once',
    'POST',
    ada,
    ({ site }) => `/v1/sites/${site}/verify`,
    [{}, {}],
    ...['SITE SITE versionIs', 'SITE V doesNotExist'],
  ),
  ...rivals(
    'that a certificate is verified once',
    'POST',
    ada,
    ({ certificate }) => `/v1/certificates/${certificate}/verify`,
    [{}, {}],
    ...['SITE CERTIFICATE versionIs', 'CERTIFICATE V doesNotExist'],
  ),
  ...rivals(
    'that a project is verified once',
    'POST',
    ada,
    ({ project }) => `/v1/projects/${project}/verify`,
    [{}, {}],
    ...['PROJECT PROJECT versionIs', 'PROJECT V doesNotExist'],
  ),
  ...rivals(
    'a need from being put first twice',
    'PUT',
    buyer,
    ({ stockpile }) => `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`,
    [need('100'), need('200')],
    'STOCKPILE NEED doesNotExist',
  ),
];
