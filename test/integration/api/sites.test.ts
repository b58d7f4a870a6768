import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { readSiteWithCertificates } from '../../../shared/store/sites/certificates.ts';
import type { TestApi } from '../../support/market-api.ts';
import { ada, auditor, buyer, everyRole, freshApi, mine, otherMine } from '../../support/market-api.ts';
import { schemeBody } from '../../support/reference.ts';

const engine = engineOfFile();
let api: TestApi;
let site: string;
beforeEach(async () => {
  api = await freshApi(engine.client);
  await api.call(ada, 'PUT', '/v1/schemes/irma', schemeBody({ minerals: ['ndpr', 'cobalt'] }));
  site = (await api.call(mine, 'POST', '/v1/sites', siteBody())).body.id;
});

const siteBody = (changes: object = {}) => ({
  name: 'Mount Weld',
  country: 'AU',
  stage: 'mining',
  minerals: ['ndpr'],
  ...changes,
});
const certificateBody = (changes: object = {}) => ({
  scheme: 'irma',
  level: '75',
  validFrom: '2026-01-01',
  validTo: '2028-12-31',
  reference: 'IRMA-0042',
  ...changes,
});
const submit = (changes: object = {}, who = mine) =>
  api.call(who, 'POST', `/v1/sites/${site}/certificates`, certificateBody(changes));
const act = (id: string, action: string, body?: object, who = ada) =>
  api.call(who, 'POST', `/v1/certificates/${id}/${action}`, body);

describe('a site', () => {
  it('is registered by its producer and verified by an administrator', async () => {
    const read = await api.call(mine, 'GET', `/v1/sites/${site}`);
    expect(read).toMatchObject({
      status: 200,
      body: { ...siteBody(), id: site, organisation: 'mine-au', verified: false, version: 1 },
    });
    expect(read.headers.get('etag')).toBe('"1"');
    expect((await api.call(mine, 'POST', `/v1/sites/${site}/verify`)).status).toBe(403);
    const verified = await api.call(ada, 'POST', `/v1/sites/${site}/verify`);
    expect(verified).toMatchObject({ status: 200, body: { verified: true, version: 2 } });
    expect((await api.call(ada, 'POST', `/v1/sites/${site}/verify`)).body.code).toBe('invalid_state');
    const { items } = (await api.call(mine, 'GET', `/v1/sites/${site}/versions`)).body;
    expect(items.map(({ verified }) => verified)).toEqual([false, true]);
  });

  it('is seen by its own organisation, administrators and auditors, and is not there for others', async () => {
    const other = (await api.call(otherMine, 'POST', '/v1/sites', siteBody({ country: 'CL' }))).body.id;
    for (const who of [mine, ada, auditor])
      expect((await api.call(who, 'GET', `/v1/sites/${site}`)).status).toBe(200);
    for (const who of [otherMine, buyer])
      for (const path of ['', '/versions', '/certificates'])
        expect((await api.call(who, 'GET', `/v1/sites/${site}${path}`)).status).toBe(404);
    const listed = async (who: typeof ada) =>
      (await api.call(who, 'GET', '/v1/sites')).body.items.map(({ id }) => id);
    expect(await listed(mine)).toEqual([site]);
    expect(await listed(buyer)).toEqual([]);
    // Ids of one millisecond are in no order but their own.
    expect(await listed(auditor)).toEqual([site, other].toSorted());
  });

  it('cannot claim an owner, a verification or a country that is none', async () => {
    for (const [field, value] of Object.entries({
      organisation: 'mine-cl',
      verified: true,
      country: 'Australia',
    }))
      expect(await api.call(mine, 'POST', '/v1/sites', siteBody({ [field]: value }))).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: `/${field}` }] },
      });
    for (const who of everyRole.filter((each) => each !== mine))
      expect((await api.call(who, 'POST', '/v1/sites', siteBody())).status).toBe(403);
    const missing = `/v1/sites/sit_${'0'.repeat(26)}/verify`;
    expect((await api.call(ada, 'POST', missing)).status).toBe(404);
  });
});

describe('a certificate', () => {
  it('is submitted by the owner of the site, and by nobody else', async () => {
    const submitted = await submit();
    expect(submitted).toMatchObject({
      status: 201,
      body: { ...certificateBody(), site, organisation: 'mine-au', status: 'submitted', version: 1 },
    });
    expect((await submit({}, otherMine)).status).toBe(404);
    expect((await submit({}, buyer)).status).toBe(403);
    const path = `/v1/certificates/${submitted.body.id}`;
    expect((await api.call(mine, 'GET', path)).body).toEqual(submitted.body);
    for (const who of [otherMine, buyer]) {
      expect((await api.call(who, 'GET', path)).status).toBe(404);
      expect((await api.call(who, 'GET', `${path}/versions`)).status).toBe(404);
    }
    expect((await api.call(auditor, 'GET', `/v1/sites/${site}/certificates`)).body.items).toEqual([
      submitted.body,
    ]);
  });

  it.each([
    [{ scheme: 'none' }, 'unknown_reference', '/scheme'],
    [{ level: '60' }, 'invalid_request', '/level'],
    [{ minerals: ['ndpr', 'tin'] }, 'invalid_request', '/minerals/1'],
    [{ stages: ['recycling'] }, 'invalid_request', '/stages/0'],
    [{ validTo: '2025-12-31' }, 'invalid_value', '/validTo'],
    [{ status: 'active' }, 'unknown_field', '/status'],
  ])('that claims %j is refused: %s at %s', async (changes, code, pointer) => {
    const refused = await submit(changes);
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ code, pointer }]);
  });

  it('goes through its states with reasons, and every version is kept', async () => {
    const { id } = (await submit()).body;
    for (const action of ['suspend', 'reinstate'])
      expect((await act(id, action, action === 'suspend' ? { reason: 'r' } : undefined)).body.code).toBe(
        'invalid_state',
      );
    expect((await act(id, 'verify')).body.status).toBe('active');
    expect((await act(id, 'verify', {})).body.code).toBe('invalid_state');
    expect((await act(id, 'suspend')).status).toBe(422);
    expect((await act(id, 'suspend', {})).body.errors).toMatchObject([{ pointer: '/reason' }]);
    expect((await act(id, 'suspend', { reason: 'Tailings' })).body).toMatchObject({
      status: 'suspended',
      reason: 'Tailings',
    });
    const reinstated = (await act(id, 'reinstate', {})).body;
    expect(reinstated.status).toBe('active');
    expect(reinstated).not.toHaveProperty('reason');
    expect((await act(id, 'revoke', { reason: 'Fraud' })).body.status).toBe('revoked');
    for (const action of ['verify', 'reinstate'])
      expect((await act(id, action)).body.code).toBe('invalid_state');
    const { items } = (await api.call(mine, 'GET', `/v1/certificates/${id}/versions`)).body;
    expect(items.map(({ status }) => status)).toEqual([
      'submitted',
      'active',
      'suspended',
      'active',
      'revoked',
    ]);
  });

  it('is acted on by administrators only', async () => {
    const { id } = (await submit()).body;
    for (const who of everyRole.slice(1))
      for (const action of ['verify', 'suspend', 'reinstate', 'revoke'])
        expect((await act(id, action, { reason: 'r' }, who)).status).toBe(403);
    expect((await act(`crt_${'0'.repeat(26)}`, 'verify')).status).toBe(404);
  });

  it('is read with its site as both stood at an instant', async () => {
    const { id } = (await submit()).body;
    api.time.now = '2026-11-23T12:00:00.000Z';
    await act(id, 'verify');
    await api.call(ada, 'POST', `/v1/sites/${site}/verify`);
    api.time.now = '2026-11-24T12:00:00.000Z';
    await act(id, 'suspend', { reason: 'r' });
    const at = async (instant?: string) => {
      const read = await readSiteWithCertificates(api.dependencies.table, site, instant);
      return read && [read.site.verified, ...read.certificates.map(({ status }) => status)];
    };
    expect(await at('2026-11-22T11:00:00.000Z')).toBeUndefined();
    expect(await at('2026-11-22T12:00:00.000Z')).toEqual([false, 'submitted']);
    expect(await at('2026-11-24T11:59:59.999Z')).toEqual([true, 'active']);
    expect(await at()).toEqual([true, 'suspended']);
  });
});
