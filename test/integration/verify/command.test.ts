import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { explanationIn } from '../../../shared/clearing/explanation/explanation-shards.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket } from '../../support/market.ts';
import { copyOf } from '../../support/tampering.ts';
import { runVerify } from '../../support/verify-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'verify-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const fileOf = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const market = aMarket()
  .zone()
  .floor('110.00')
  .offer('au', 'AU', '90.00', '53')
  .offer('cl', 'CL', '70.00', '500')
  .bid('ch', 'DE', '130.00', '150', { maxOriginShare: '0.65' });
const cleared = must(clearAndDocument(market.snapshot()));
const proof = copyOf(cleared.proof);
const honest = fileOf('honest.json', proof);

describe('npm run verify', () => {
  it('says in words what it checked', async () => {
    const { code, stdout, stderr } = await runVerify([honest]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      `✓ 3 orders, with all rules: their Merkle root is the digest ${cleared.inputDigest}`,
      '✓ 2 trades of 150 whole lots in 1 quarter not begun: nobody sells or buys more than it had open',
      expect.stringMatching(/^✓ 2 trades: origin, destination, purity/),
      '✓ 2 origin caps of bids and zones: kept, earlier contracts counted',
      '✓ 0 orders with conditions: kept; 0 rejected for one',
      expect.stringMatching(/^✓ 2 prices: one scarcity per offer/),
      '✓ Money: buyers pay 17,030.00 USD = sellers 13,150.00 USD + duties 0.00 USD + levy 3,880.00 USD; nothing is kept',
      '✓ 2 pairs of offer and bid: none that may trade would rather; gains of 300,000 ticks × lots equal their upper bound',
      '✓ 1 order with lots left: no two of them could still have traded',
      'Verified.',
      '',
    ]);
  });

  it('fails with the line that fails, in words and as JSON', async () => {
    const tampered = copyOf(proof);
    tampered.quarters[0]!.flows[1]!.levy = '3999';
    const file = fileOf('tampered.json', tampered);
    const { code, stdout } = await runVerify([file]);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ /quarters/0/flows/1/levy: the levy is 4000 ticks');
    expect(stdout).toMatch(/NOT VERIFIED\.\n$/);
    const json = await runVerify([file, '--json']);
    expect(json.code).toBe(1);
    const report = JSON.parse(json.stdout) as { verified: boolean; failures: { pointer: string }[] };
    expect(report).toMatchObject({ verified: false });
    expect(report.failures.map(({ pointer }) => pointer)).toEqual([
      '/quarters/0/flows/1/landed',
      '/quarters/0/flows/1/levy',
      '/quarters',
      '/levyTotal',
    ]);
  });

  it('reads standard input, and holds the proof to a digest that is known from elsewhere', async () => {
    const piped = await runVerify(['-', '--json', '--digest', cleared.inputDigest], JSON.stringify(proof));
    expect(JSON.parse(piped.stdout)).toMatchObject({ verified: true, failures: [] });
    const other = await runVerify([honest, '--digest', '0'.repeat(64)]);
    expect(other.code).toBe(1);
    expect(other.stdout).toContain(`✗ /inputDigest: should be "${'0'.repeat(64)}"`);
  });

  it('tells a participant from its explanation that its order was counted, as it was', async () => {
    const shard = [...cleared.explanations()][0]!;
    const order = proof.snapshot.offers[0]!.id;
    const explanation = explanationIn(JSON.parse(JSON.stringify(shard)), { ...shard, shard: 0 }, order)!;
    const { entry, leaf, inclusion, inputDigest, clearing } = explanation;
    const asAnswered = { order, clearing, inputDigest, leaf, inclusion, entry: JSON.parse(leaf) as unknown };
    expect(entry.id).toBe(order);
    const found = await runVerify(['--inclusion', fileOf('mine.json', asAnswered)]);
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toContain(`✓ ${order} was counted in ${clearing} as its entry says`);
    const dearer = leaf.replace('90.00', '91.00');
    expect(dearer).not.toBe(leaf);
    const changes = {
      '/leaf': { leaf: dearer },
      '/inclusion': { leaf: dearer, entry: JSON.parse(dearer) as unknown },
      '/order': { order: '' },
    };
    for (const [pointer, change] of Object.entries(changes)) {
      const { code, stdout } = await runVerify([
        fileOf('other.json', { ...asAnswered, ...change }),
        '--json',
      ]);
      expect([code, pointer, stdout]).toEqual([1, pointer, expect.stringContaining(`"${pointer}"`)]);
    }
  });

  it('ends with 2 where there is nothing to verify, and says how it is used', async () => {
    const unusable = [
      [],
      [join(folder, 'missing.json')],
      [fileOf('not.json', '{')],
      [fileOf('other-format.json', { ...proof, format: 'lodestone-proof-1' })],
      [honest, '--inclusion'],
      [honest, '--misspelt'],
      ['http://127.0.0.1:1/v1/clearings/clr_0'],
    ];
    for (const args of unusable) {
      const { code, stdout, stderr } = await runVerify(args);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    const help = await runVerify(['--help']);
    expect(help.code).toBe(0);
    for (const option of ['--token', '--digest', '--json', '--inclusion', 'Exit code'])
      expect(help.stdout).toContain(option);
  });
});
