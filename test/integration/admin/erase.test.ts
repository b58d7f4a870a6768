import { beforeAll, describe, expect, it } from 'vitest';
import { eraseOrganisation, planErasure } from '../../../infra/admin/erase.ts';
import { audit } from '../../../infra/audit/audit.ts';
import { scan, storedPages } from '../../../infra/audit/scan.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, buyer } from '../../support/market-api.ts';
import { clientFor } from '../../support/table.ts';
import { offerBody, Trading } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
let table: Table;
const gone = { ...caller('gone-mine', 'producer'), subject: 'wilhelmina-of-gone' };
/** Words of the organisation's own. */
const words = [
  'Wilhelmina Mining',
  'Wilhelminas Stollen',
  'Wilhelminas Neubau',
  'wilhelmina-of-gone',
  'wilhelmina-mining.com',
];
const whole = async (): Promise<string> => {
  const pages: string[] = [];
  for await (const page of storedPages(table)) pages.push(...page.map((item) => canonicalJson(item)));
  return pages.join('\n');
};

beforeAll(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  ({ table } = trading.api.dependencies);
  await trading.done(ada, 'PUT', '/v1/organisations/gone-mine', { name: words[0] });
  await trading.done(ada, 'PUT', '/v1/organisations/gone-mine', { name: `${words[0] ?? ''} Ltd` });
  await trading.siteOf(gone, { name: words[1] });
  await trading.done(gone, 'POST', '/v1/projects', {
    ...{ name: words[2], country: 'AU', stage: 'refining', mineral: 'ndpr', start: '2028-Q1' },
    ...{ capacityPerYear: { amount: '10', unit: 't' }, source: 'https://wilhelmina-mining.com/annual' },
  });
  await trading.done(gone, 'POST', '/v1/webhooks', { url: 'https://hooks.wilhelmina-mining.com/in' });
});

describe('admin erase-organisation', () => {
  it('waits for what is open, and then changes nothing', async () => {
    const site = await trading.siteOf(gone, { name: words[1] });
    const offer = await trading.done(gone, 'POST', '/v1/offers', offerBody(site));
    const before = await whole();
    const { open } = await planErasure(table, 'gone-mine');
    expect(open).toEqual([expect.stringContaining('an open order')]);
    expect(await eraseOrganisation(table, 'gone-mine')).toMatchObject({ erased: false });
    expect(await whole()).toBe(before);
    await trading.bid();
    await trading.clear();
    expect((await planErasure(table, 'gone-mine')).open).toEqual([
      expect.stringContaining('a contract that is not over'),
    ]);
    expect(offer.status).toBe(201);
  });

  it('leaves no word of an organisation whose contracts are over, and every chain and sum as it was', async () => {
    await concluded();
    for (const word of words) expect(await whole()).toContain(word);
    const contracts = await contractItems();
    expect(contracts.length).toBeGreaterThan(0);
    expect(await eraseOrganisation(table, 'gone-mine')).toMatchObject({ erased: true });
    const left = await whole();
    for (const word of words) expect(left).not.toContain(word);
    expect(left).toContain('gone-mine');
    expect(await contractItems()).toEqual(contracts);
    const { findings, counted } = await audit(table, { at: trading.api.time.now });
    expect(findings).toEqual(dueFindings(findings));
    expect(counted.contracts).toBe(1);
    expect(await trading.done(buyer, 'GET', '/v1/contracts')).toMatchObject({ status: 200 });
    expect(await planErasure(table, 'gone-mine')).toMatchObject({ open: [], changes: [] });
  });
});

/** As if the contract had run its course: what looks at it from a day on looks no more. */
async function concluded(): Promise<void> {
  for await (const page of scan(table))
    for (const item of page)
      if (item['gsi3pk'] !== undefined && String(item['pk']).startsWith('CONTRACT#'))
        await table.update(
          { pk: String(item['pk']), sk: String(item['sk']) },
          { expression: 'REMOVE gsi3pk, gsi3sk' },
          [],
        );
}

/** The one thing that this test has made untrue. */
const dueFindings = (findings: readonly { readonly check: string }[]) =>
  findings.filter(({ check }) => check === 'contract_due');

async function contractItems(): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const page of scan(table))
    items.push(...page.filter((item) => String(item['pk']).startsWith('CONTRACT#')));
  return items;
}
