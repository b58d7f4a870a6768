import { beforeAll, describe, expect, it } from 'vitest';
import type { Client, Json } from '../../support/market-client.ts';
import { clearMarket, client, expectStatus } from '../../support/market-client.ts';
import type { Scene } from '../../support/scenario.ts';
import {
  approvedFloor,
  bid,
  contractsOf,
  explanationOf,
  flat,
  nextQuarter,
  offer,
  price,
  quantity,
  scene,
} from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { codesOf } from '../../support/wire-checks.ts';

const server = emptyMarket();
beforeAll(async () => {
  const administrator = await client(server.url, 'ministry', ['administrator'], 'administrator-1');
  for (const [id, levels, minerals, assurance] of [
    ['irma', ['50', '75', '100'], ['*'], 'third-party'],
    ['own-word', [], ['*'], 'self'],
    ['cobalt-only', [], ['cobalt'], 'third-party'],
  ] as const)
    expectStatus(
      await administrator.put(`/v1/schemes/${id}`, {
        name: id,
        levels,
        stages: ['refining', 'mining'],
        minerals,
        assurance,
      }),
      201,
    );
});

const [q1, q2, q3] = [1, 2, 3].map((ahead) => nextQuarter(ahead)) as [string, string, string];
type Order = Awaited<ReturnType<typeof offer>> | Awaited<ReturnType<typeof bid>>;

/** Clears, and gives the codes that each side's explanation names. */
async function codesAfterClearing(at: Scene, supply: Order, demand: Order) {
  const clearing = await clearMarket(at.administrator, at.product);
  expect(clearing.status).toBe('completed');
  return {
    contracts: clearing.contracts as number,
    offer: codesOf(await explanationOf(supply.who, 'offers', supply.order.id)),
    bid: codesOf(await explanationOf(demand.who, 'bids', demand.order.id)),
  };
}

/** A zone of the test's own, so that its rules bind no other test. */
async function zone(at: Scene, member: string, terms: Record<string, unknown> = {}): Promise<string> {
  const id = `zone-of-${at.product}`;
  expectStatus(await at.administrator.put(`/v1/zones/${id}`, { name: id, members: [member], ...terms }), 201);
  return id;
}

const rule = async (at: Scene, topics: unknown, changes: Record<string, unknown> = {}): Promise<Json> =>
  expectStatus(
    await at.administrator.post('/v1/standards', {
      product: at.product,
      zone: 'partners',
      topics,
      effectiveFrom: '2026-01-01',
      ...changes,
    }),
    201,
  );

async function certify(
  at: Scene,
  seller: { who: Client; site: string },
  terms: Record<string, unknown>,
  verified = true,
): Promise<string> {
  const { id } = expectStatus(
    await seller.who.post(`/v1/sites/${seller.site}/certificates`, {
      validFrom: '2026-01-01',
      validTo: '2039-12-31',
      reference: 'C-1',
      ...terms,
    }),
    201,
  );
  if (verified) expectStatus(await at.administrator.post(`/v1/certificates/${id}/verify`), 200);
  return id as string;
}

/** Both sides are told the code, and nothing trades. */
async function bothAreTold(at: Scene, supply: Order, demand: Order, code: string): Promise<void> {
  const codes = await codesAfterClearing(at, supply, demand);
  expect(codes.contracts).toBe(0);
  expect(codes.offer).toContain(code);
  expect(codes.bid).toContain(code);
}

describe('prices', () => {
  it('price_below_floor: a limit below the floor; the bid is told the floor', async () => {
    const at = await scene(server.url, 'below-floor');
    await approvedFloor(at);
    const supply = await offer(at, 'below-floor-s', 'AU', '90.00', '10');
    const demand = await bid(at, 'below-floor-b', '109.99', '10');
    await bothAreTold(at, supply, demand, 'price_below_floor');
    const { quarters } = await explanationOf(demand.who, 'bids', demand.order.id);
    expect(quarters[0].nearMisses).toEqual([
      { code: 'price_below_floor', quantity: quantity('10'), wouldNeed: { floor: price('110.00') } },
    ]);
  });

  it('limit_below_reserve: the floor is met, the landed reserve is not', async () => {
    const at = await scene(server.url, 'below-reserve');
    await approvedFloor(at);
    const supply = await offer(at, 'below-reserve-s', 'AU', '125.00', '10');
    const demand = await bid(at, 'below-reserve-b', '120.00', '10');
    await bothAreTold(at, supply, demand, 'limit_below_reserve');
    const { quarters } = await explanationOf(demand.who, 'bids', demand.order.id);
    // Another's ask is told to nobody.
    expect(JSON.stringify(quarters)).not.toContain('125');
  });

  it('limit_below_reserve: duties count', async () => {
    const at = await scene(server.url, 'dutiable');
    await approvedFloor(at, { duties: [{ origin: 'CL', rate: '0.10' }] });
    const supply = await offer(at, 'dutiable-s', 'CL', '110.00', '10');
    const demand = await bid(at, 'dutiable-b', '120.00', '10');
    await bothAreTold(at, supply, demand, 'limit_below_reserve');
  });

  it('floor_not_defined: a product that clears under a floor only, into a zone without one', async () => {
    const at = await scene(server.url, 'floorless');
    const { administrator, product } = at;
    const { body } = await administrator.get(`/v1/products/${product}`);
    const { id, version, recordedAt, recordedBy, ...terms } = body as Record<string, unknown>;
    expect([id, version, recordedAt, recordedBy]).not.toContain(undefined);
    expectStatus(await administrator.put(`/v1/products/${product}`, { ...terms, floorRequired: true }), 200);
    const supply = await offer(at, 'floorless-s', 'AU', '90.00', '10');
    const demand = await bid(at, 'floorless-b', '130.00', '10');
    await bothAreTold(at, supply, demand, 'floor_not_defined');
    await approvedFloor(at);
    expect(await clearMarket(administrator, product)).toMatchObject({ contracts: 1 });
  });
});

describe('standards', () => {
  const topics = [{ topic: 'responsible production', anyOf: [{ scheme: 'irma', level: '75' }] }];
  /** A market under the rule, whose one seller holds the certificate, if any. */
  async function market(
    name: string,
    certificate?: Record<string, unknown>,
    verified = true,
    ruleChanges: Record<string, unknown> = {},
  ) {
    const at = await scene(server.url, name);
    await rule(at, topics, ruleChanges);
    const supply = await offer(at, `${name}-s`, 'AU', '90.00', '10');
    const id = certificate === undefined ? '' : await certify(at, supply, certificate, verified);
    const demand = await bid(at, `${name}-b`, '130.00', '10');
    return { at, supply, demand, certificate: id };
  }

  it('certificate_missing: none, one of another scheme, one that nobody has verified', async () => {
    const none = await market('none');
    expect(none.supply.order.warnings.map(({ code }: Json) => code)).toEqual(['certificate_missing']);
    await bothAreTold(none.at, none.supply, none.demand, 'certificate_missing');
    const { quarters } = await explanationOf(none.supply.who, 'offers', none.supply.order.id);
    expect(quarters[0].nearMisses).toEqual([
      {
        code: 'certificate_missing',
        quantity: quantity('10'),
        wouldNeed: { certificates: [{ anyOf: [{ scheme: 'irma', level: '75' }] }] },
      },
    ]);
    const other = await market('other-scheme', { scheme: 'own-word' });
    await bothAreTold(other.at, other.supply, other.demand, 'certificate_missing');
    const submitted = await market('submitted', { scheme: 'irma', level: '100' }, false);
    await bothAreTold(submitted.at, submitted.supply, submitted.demand, 'certificate_missing');
  });

  it('certificate_scope: of another mineral or stage', async () => {
    const mineral = await market('scope-mineral', { scheme: 'irma', level: '100', minerals: ['cobalt'] });
    await bothAreTold(mineral.at, mineral.supply, mineral.demand, 'certificate_scope');
    const stage = await market('scope-stage', { scheme: 'irma', level: '100', stages: ['mining'] });
    await bothAreTold(stage.at, stage.supply, stage.demand, 'certificate_scope');
  });

  it('certificate_level: below the level, without one, or below the assurance', async () => {
    const low = await market('level-low', { scheme: 'irma', level: '50' });
    await bothAreTold(low.at, low.supply, low.demand, 'certificate_level');
    const bare = await market('level-none', { scheme: 'irma' });
    await bothAreTold(bare.at, bare.supply, bare.demand, 'certificate_level');
    const at = await scene(server.url, 'assured');
    await rule(at, [{ topic: 't', anyOf: [{ scheme: 'own-word' }] }], { minimumAssurance: 'third-party' });
    const supply = await offer(at, 'assured-s', 'AU', '90.00', '10');
    await certify(at, supply, { scheme: 'own-word' });
    await bothAreTold(at, supply, await bid(at, 'assured-b', '130.00', '10'), 'certificate_level');
  });

  it('certificate_expired: not valid when the quarter begins', async () => {
    const expired = await market('expired', { scheme: 'irma', level: '75', validTo: '2026-02-01' });
    await bothAreTold(expired.at, expired.supply, expired.demand, 'certificate_expired');
    const notYet = await market('not-yet', { scheme: 'irma', level: '75', validFrom: '2038-01-01' });
    await bothAreTold(notYet.at, notYet.supply, notYet.demand, 'certificate_expired');
  });

  it('certificate_expired: only the quarters that begin after it; with a renewal covenant the first decides', async () => {
    const lastDay = `${q2.slice(0, 4)}-${{ 1: '01', 2: '04', 3: '07', 4: '10' }[q2.slice(-1)] ?? ''}-15`;
    for (const renewalCovenant of [false, true]) {
      const at = await scene(server.url, `renewal-${renewalCovenant}`);
      await rule(at, topics, { renewalCovenant });
      const supply = await offer(at, `renewal-s-${renewalCovenant}`, 'AU', '90.00', '10', {
        delivery: flat('10', q1, q3),
      });
      await certify(at, supply, { scheme: 'irma', level: '75', validTo: lastDay });
      const demand = await bid(at, `renewal-b-${renewalCovenant}`, '130.00', '10', {
        delivery: flat('10', q1, q3),
      });
      await clearMarket(at.administrator, at.product);
      const [contract] = await contractsOf(demand.who, at.product);
      expect(contract.schedule.map(({ quarter }: Json) => quarter)).toEqual(
        renewalCovenant ? [q1, q2, q3] : [q1, q2],
      );
      if (!renewalCovenant)
        expect(codesOf(await explanationOf(supply.who, 'offers', supply.order.id))).toContain(
          'certificate_expired',
        );
    }
  });

  it('certificate_suspended: as long as it is; a revoked one is none', async () => {
    const suspended = await market('suspended', { scheme: 'irma', level: '75' });
    const act = async (action: string, body?: unknown) =>
      expectStatus(
        await suspended.at.administrator.post(`/v1/certificates/${suspended.certificate}/${action}`, body),
        200,
      );
    await act('suspend', { reason: 'audit' });
    await bothAreTold(suspended.at, suspended.supply, suspended.demand, 'certificate_suspended');
    await act('reinstate');
    expect(await clearMarket(suspended.at.administrator, suspended.at.product)).toMatchObject({
      contracts: 1,
    });
    const revoked = await market('revoked', { scheme: 'irma', level: '75' });
    expectStatus(
      await revoked.at.administrator.post(`/v1/certificates/${revoked.certificate}/revoke`, {
        reason: 'fraud',
      }),
      200,
    );
    await bothAreTold(revoked.at, revoked.supply, revoked.demand, 'certificate_missing');
  });

  it('every topic must hold, each by any of its schemes; every `requires` too', async () => {
    const at = await scene(server.url, 'topics');
    await rule(at, [
      { topic: 'a', anyOf: [{ scheme: 'irma', level: '100' }, { scheme: 'own-word' }] },
      { topic: 'b', anyOf: [{ scheme: 'irma', level: '50' }] },
    ]);
    const half = await offer(at, 'topics-half', 'AU', '80.00', '10');
    await certify(at, half, { scheme: 'own-word' });
    const whole = await offer(at, 'topics-whole', 'AU', '95.00', '10');
    await certify(at, whole, { scheme: 'own-word' });
    await certify(at, whole, { scheme: 'irma', level: '75' });
    const demand = await bid(at, 'topics-b', '130.00', '10');
    const strict = await bid(at, 'topics-c', '140.00', '10', {
      requires: [{ scheme: 'irma', level: '100' }, { scheme: 'own-word' }],
    });
    await clearMarket(at.administrator, at.product);
    expect((await contractsOf(demand.who, at.product)).map(({ offer }) => offer as string)).toEqual([
      whole.order.id,
    ]);
    expect(await contractsOf(strict.who, at.product)).toEqual([]);
    expect(codesOf(await explanationOf(half.who, 'offers', half.order.id))).toContain('certificate_missing');
    expect(codesOf(await explanationOf(strict.who, 'bids', strict.order.id))).toContain('certificate_level');
  });
});

describe('origins, purity, windows and parties', () => {
  it('origin_barred by the zone, origin_excluded by the bid', async () => {
    const barred = await scene(server.url, 'barred');
    await zone(barred, 'KR', { barredOrigins: ['RU'] });
    await bothAreTold(
      barred,
      await offer(barred, 'barred-s', 'RU', '90.00', '10'),
      await bid(barred, 'barred-b', '130.00', '10', { destination: 'KR' }),
      'origin_barred',
    );
    const excluded = await scene(server.url, 'excluded');
    await bothAreTold(
      excluded,
      await offer(excluded, 'excluded-s', 'RU', '90.00', '10'),
      await bid(excluded, 'excluded-b', '130.00', '10', { excludedOrigins: ['RU'] }),
      'origin_excluded',
    );
  });

  it('site_unverified, until an administrator has verified it', async () => {
    const at = await scene(server.url, 'unverified');
    await zone(at, 'CA', { verifiedSitesOnly: true });
    const supply = await offer(at, 'unverified-s', 'AU', '90.00', '10');
    expect(supply.order.warnings.map(({ code }: Json) => code)).toContain('site_unverified');
    await bothAreTold(
      at,
      supply,
      await bid(at, 'unverified-b', '130.00', '10', { destination: 'CA' }),
      'site_unverified',
    );
    const { quarters } = await explanationOf(supply.who, 'offers', supply.order.id);
    expect(quarters[0].nearMisses).toEqual([
      { code: 'site_unverified', quantity: quantity('10'), wouldNeed: { verifiedSite: true } },
    ]);
    expectStatus(await at.administrator.post(`/v1/sites/${supply.site}/verify`), 200);
    expect(await clearMarket(at.administrator, at.product)).toMatchObject({ contracts: 1 });
  });

  it('purity_too_low: below what is asked, or not stated; compared as numbers', async () => {
    const low = await scene(server.url, 'impure');
    await bothAreTold(
      low,
      await offer(low, 'impure-s', 'AU', '90.00', '10', { purity: '99.4' }),
      await bid(low, 'impure-b', '130.00', '10', { minimumPurity: '99.5' }),
      'purity_too_low',
    );
    const unstated = await scene(server.url, 'unstated');
    await bothAreTold(
      unstated,
      await offer(unstated, 'unstated-s', 'AU', '90.00', '10'),
      await bid(unstated, 'unstated-b', '130.00', '10', { minimumPurity: '99.5' }),
      'purity_too_low',
    );
    const equal = await scene(server.url, 'pure');
    await offer(equal, 'pure-s', 'AU', '90.00', '10', { purity: '99.500' });
    await bid(equal, 'pure-b', '130.00', '10', { minimumPurity: '99.5' });
    expect(await clearMarket(equal.administrator, equal.product)).toMatchObject({ contracts: 1 });
  });

  it('window_mismatch: no quarter in common', async () => {
    const at = await scene(server.url, 'windows');
    const supply = await offer(at, 'windows-s', 'AU', '90.00', '10', { delivery: flat('10', q1) });
    const demand = await bid(at, 'windows-b', '130.00', '10', { delivery: flat('10', q2, q3) });
    await bothAreTold(at, supply, demand, 'window_mismatch');
  });

  it('an offer that does not deliver to the destination trades nothing with it', async () => {
    const at = await scene(server.url, 'elsewhere');
    await offer(at, 'elsewhere-s', 'AU', '90.00', '10', { destinations: ['JP', 'US'] });
    await bid(at, 'elsewhere-b', '130.00', '10');
    expect(await clearMarket(at.administrator, at.product)).toMatchObject({ contracts: 0 });
    await bid(at, 'elsewhere-c', '130.00', '10', { destination: 'JP' });
    expect(await clearMarket(at.administrator, at.product)).toMatchObject({ contracts: 1 });
  });

  it('related_party: the same organisation, or one of its group', async () => {
    const same = await scene(server.url, 'same');
    await bothAreTold(
      same,
      await offer(same, 'both-sides', 'AU', '90.00', '10'),
      await bid(same, 'both-sides', '130.00', '10'),
      'related_party',
    );
    const group = await scene(server.url, 'group');
    for (const name of ['subsidiary-1', 'subsidiary-2'])
      expectStatus(
        await group.administrator.put(`/v1/organisations/${name}`, { name, group: 'holding' }),
        201,
      );
    await bothAreTold(
      group,
      await offer(group, 'subsidiary-1', 'AU', '90.00', '10'),
      await bid(group, 'subsidiary-2', '130.00', '10'),
      'related_party',
    );
  });
});

describe('after eligibility', () => {
  it('out_of_competition: others traded at better terms', async () => {
    const at = await scene(server.url, 'outbid');
    await offer(at, 'outbid-cheap', 'AU', '80.00', '10');
    const dear = await offer(at, 'outbid-dear', 'AU', '100.00', '10');
    await bid(at, 'outbid-keen', '130.00', '10');
    const slack = await bid(at, 'outbid-slack', '90.00', '10');
    await clearMarket(at.administrator, at.product);
    expect(codesOf(await explanationOf(dear.who, 'offers', dear.order.id))).toContain('out_of_competition');
    expect(codesOf(await explanationOf(slack.who, 'bids', slack.order.id))).toContain('out_of_competition');
  });

  it('insufficient_supply and insufficient_demand, with and without any at all', async () => {
    const short = await scene(server.url, 'short');
    await offer(short, 'short-s', 'AU', '90.00', '10');
    const demand = await bid(short, 'short-b', '130.00', '30');
    await clearMarket(short.administrator, short.product);
    const bidSays = await explanationOf(demand.who, 'bids', demand.order.id);
    expect(bidSays.quarters[0]).toMatchObject({
      requested: quantity('30'),
      awarded: quantity('10'),
      remaining: quantity('20'),
      binding: [{ code: 'insufficient_supply' }],
    });
    const long = await scene(server.url, 'long');
    const supply = await offer(long, 'long-s', 'AU', '90.00', '30');
    await bid(long, 'long-b', '130.00', '10');
    await clearMarket(long.administrator, long.product);
    expect((await explanationOf(supply.who, 'offers', supply.order.id)).quarters[0].binding).toMatchObject([
      { code: 'insufficient_demand' },
    ]);
    const alone = await scene(server.url, 'alone');
    const only = await offer(alone, 'alone-s', 'AU', '90.00', '30');
    await clearMarket(alone.administrator, alone.product);
    expect((await explanationOf(only.who, 'offers', only.order.id)).quarters[0].binding).toMatchObject([
      { code: 'insufficient_demand' },
    ]);
  });

  it('concentration_limit: earlier contracts of the bid count', async () => {
    const at = await scene(server.url, 'concentrated');
    const demand = await bid(at, 'concentrated-b', '130.00', '150', { maxOriginShare: '0.65' });
    await offer(at, 'concentrated-s', 'CL', '70.00', '60');
    await clearMarket(at.administrator, at.product);
    const more = await offer(at, 'concentrated-t', 'CL', '70.00', '60');
    await clearMarket(at.administrator, at.product);
    const amounts = (await contractsOf(demand.who, at.product)).map(({ schedule }) =>
      Number(schedule[0].quantity.amount),
    );
    expect(amounts.toSorted((a, b) => a - b)).toEqual([37, 60]);
    expect(codesOf(await explanationOf(demand.who, 'bids', demand.order.id))).toContain(
      'concentration_limit',
    );
    expect(codesOf(await explanationOf(more.who, 'offers', more.order.id))).toContain('concentration_limit');
    expect(await clearMarket(at.administrator, at.product)).toMatchObject({ contracts: 0 });
    expect(codesOf(await explanationOf(more.who, 'offers', more.order.id))).toContain('concentration_limit');
  });
});
