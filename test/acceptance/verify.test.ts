import { expect, it } from 'vitest';
import { clearMarket } from '../support/market-client.ts';
import { approvedFloor, bid, explanationOf, flat, nextQuarter, offer, scene } from '../support/scenario.ts';
import { emptyMarket } from '../support/empty-market.ts';
import { runVerify } from '../support/verify-command.ts';

const server = emptyMarket();

it('a clearing is verified from its address, against its record, by whoever may read it', async () => {
  const at = await scene(server.url, 'verified');
  await approvedFloor(at);
  await offer(at, 'verified-au', 'AU', '90.00', '53');
  const outside = await offer(at, 'verified-cl', 'CL', '70.00', '500', {
    delivery: flat('500', nextQuarter(1), nextQuarter(2)),
  });
  await bid(at, 'verified-jp', '130.00', '150', { maxOriginShare: '0.65' });
  await bid(at, 'verified-de', '109.00', '20');
  const clearing = await clearMarket(at.administrator, at.product);
  const address = `${server.url}/v1/clearings/${clearing.id}`;
  const { token } = at.auditor;
  for (const source of [address, `${address}/proof`]) {
    const { code, stdout, stderr } = await runVerify([source, '--token', token]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Merkle root is the digest ${clearing.inputDigest}`);
    expect(stdout).toContain('levy 3,880.00 USD; nothing is kept');
    expect(stdout).toContain("✓ It is what the clearing's record says\nVerified.\n");
  }
  // What it read there is no different from what a reader saves and verifies later.
  const document = await fetch(`${address}/proof`, { headers: { authorization: `Bearer ${token}` } });
  const saved = await runVerify(['-', '--json'], await document.text());
  expect(JSON.parse(saved.stdout)).toMatchObject({ verified: true, failures: [] });

  const stranger = await runVerify([address, '--token', outside.who.token]);
  expect([stranger.code, stranger.stdout]).toEqual([2, '']);
  expect(stranger.stderr).toContain('403');

  const explanation = await explanationOf(outside.who, 'offers', outside.order.id);
  const own = await runVerify(['-'], JSON.stringify(explanation));
  expect(own.stdout).toContain(`✓ ${outside.order.id} was counted in ${clearing.id}`);
  expect(own.code).toBe(0);
});
