import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { CalendarDate } from '../../../shared/kernel/time.ts';
import type { Participant, Participants } from './client.ts';
import { loadDelivery, loadRules } from './load-life.ts';
import type { SampleMarket, SampleSite } from './market.ts';
import { loadDisruptions, loadMembers, loadProjects, loadStockpiles } from './load-reserves.ts';
import { sampleMarkets, sampleReserves } from './market.ts';
import { registrar, sampleProjects } from './outputs.ts';
import { groups, schemes, zone, zoneId } from './partners.ts';

/** The secretariat of the sample: two administrators, since neither can set a floor alone. */
export const secretariat = 'secretariat';
const people = { proposer: 'administrator-1', approver: 'administrator-2' } as const;

/** An id for an organisation from its name: ASCII letters and digits between hyphens. */
const organisationId = (name: string): string =>
  name
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');

export interface LoadOptions {
  readonly today: CalendarDate;
  readonly progress: (step: string) => void;
}

/**
 * Loads the sample through the API, as its participants would, and clears every product. What stands already is
 * left alone and repeated calls are the same calls, so a load that was cut off is finished by loading again
 * with the same day.
 */
export async function loadSample(as: Participants, { today, progress }: LoadOptions): Promise<void> {
  const first = as(secretariat, 'administrator', people.proposer);
  const second = as(secretariat, 'administrator', people.approver);
  const markets = sampleMarkets(today);

  progress('organisations, schemes, products, the zone of the partners');
  const reserves = sampleReserves(today);
  const operators = reserves.stockpiles.map(({ operator }) => operator);
  for (const name of [...organisationNames(markets), ...operators, registrar])
    await ensure(first, `/v1/organisations/${organisationId(name)}`, {
      name: `${name} (invented)`,
      ...(groups[name] === undefined ? {} : { group: groups[name] }),
    });
  for (const [id, terms] of Object.entries(schemes)) await ensure(first, `/v1/schemes/${id}`, terms);
  for (const { product, terms } of markets) await ensure(first, `/v1/products/${product.id}`, terms);
  await ensure(first, `/v1/zones/${zoneId}`, zone);

  progress('standards rules and floors: proposed by one administrator, approved by another');
  for (const { product, standards, floor } of markets) {
    if (standards) await first.post(`standards/${product.id}`, '/v1/standards', standards);
    if (floor) {
      const { id } = created(await first.post(`floor/${product.id}`, '/v1/floors', floor));
      await second.post(`floor-approval/${product.id}`, `/v1/floors/${id}/approve`);
    }
  }

  progress('reference prices, standard terms, a support programme');
  for (const market of markets) await loadRules(first, second, market);

  progress('stockpiles and what they hold; export bans, quotas and licences');
  await loadDisruptions(first, reserves);
  const operatorOf = (name: string) => as(organisationId(name), 'stockpile-operator');
  await loadStockpiles(operatorOf, first, reserves);
  await loadProjects(as(organisationId(registrar), 'producer'), sampleProjects());

  progress('members’ accounts in a stockpile, and a loan that one asks for');
  const memberOf = (name: string) => as(organisationId(name), 'buyer');
  await loadMembers({ operatorOf, memberOf }, organisationId, first, reserves);

  progress('sites, certificates and offers of the producers');
  for (const { product, sites } of markets) {
    for (const [index, site] of sites.entries()) await offer(as, second, `${product.id}/${index}`, site);
  }

  progress('bids of the buyers');
  for (const { product, bids } of markets) {
    for (const [index, { organisation, terms }] of bids.entries())
      await as(organisationId(organisation), 'buyer').post(`bid/${product.id}/${index}`, '/v1/bids', terms);
  }

  progress('clearing');
  for (const { product } of markets)
    await first.post(`clearing/${product.id}`, '/v1/clearings', { product: product.id });
  for (const { product } of markets) {
    // The same call once more: its answer says which clearing it was that was asked for.
    const { id } = created(
      await first.post(`clearing/${product.id}`, '/v1/clearings', { product: product.id }),
    );
    await untilCompleted(first, id);
  }

  progress('a first delivery, accepted and paid in part');
  for (const market of markets) {
    const { firstDelivery } = market.product;
    if (firstDelivery === undefined) continue;
    const seller = as(organisationId(firstDelivery.seller), 'producer');
    await loadDelivery(market, { seller, administrator: first }, (buyer) => as(buyer, 'buyer'), today);
  }
}

const organisationNames = (markets: readonly SampleMarket[]): string[] => [
  ...new Set(
    markets.flatMap(({ sites, bids }) => [...sites, ...bids].map(({ organisation }) => organisation)),
  ),
];

/** One producer's site, what it holds, and what it offers. */
async function offer(as: Participants, administrator: Participant, name: string, site: SampleSite) {
  const producer = as(organisationId(site.organisation), 'producer');
  const { id } = created(await producer.post(`site/${name}`, '/v1/sites', site.terms));
  await administrator.post(`site-verification/${name}`, `/v1/sites/${id}/verify`);
  if (site.certificate) {
    const certificate = created(
      await producer.post(`certificate/${name}`, `/v1/sites/${id}/certificates`, site.certificate),
    );
    await administrator.post(`certificate-verification/${name}`, `/v1/certificates/${certificate.id}/verify`);
  }
  await producer.post(`offer/${name}`, '/v1/offers', { ...site.offer.terms, site: id });
}

/** Puts a record unless one stands there: on a product under a floor even the same record is a change. */
async function ensure(administrator: Participant, path: string, terms: unknown): Promise<void> {
  if ((await administrator.find(path)) === undefined) await administrator.put(path, terms);
}

async function untilCompleted(administrator: Participant, clearing: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 25) {
    const { status, reason } = z
      .object({ status: z.string(), reason: z.string().nullish() })
      .parse(await administrator.get(`/v1/clearings/${clearing}`));
    if (status === 'completed') return;
    if (status === 'failed')
      throw new Error(`The clearing ${clearing} failed: ${reason ?? 'no reason given'}`);
    await pause(25);
  }
  throw new Error(`The clearing ${clearing} has not ended within two minutes.`);
}

const created = (answer: unknown): { id: string } => z.object({ id: z.string() }).parse(answer);
