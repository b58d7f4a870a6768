import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../infra/local/engine.ts';
import { clientAt, openTable } from '../../infra/local/store.ts';
import { client, expectStatus } from '../support/market-client.ts';
import type { Server } from '../support/server.ts';
import { freePort, startServer, startArguments } from '../support/server.ts';

/** `npm start`, as a person meets it: the sample market, then a kill -9 and a second start on the same data. */

const products = ['ndpr-oxide', 'lithium-carbonate', 'cobalt-metal', 'gallium-4n', 'tungsten-apt'];

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
  server = await startServer(['--data', join(folder, 'data')]);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every contract, order and floor: what must be the same after a restart. */
async function everything(url: string): Promise<Record<string, unknown[]>> {
  const auditor = await client(url, 'secretariat', ['auditor']);
  const all = async (path: string): Promise<unknown[]> => {
    const items: unknown[] = [];
    for (let next = ''; ;) {
      const page = expectStatus(await auditor.get(`${path}?limit=100${next}`), 200);
      items.push(...(page.items as unknown[]));
      if (page.next === null) return items;
      next = `&cursor=${encodeURIComponent(page.next as string)}`;
    }
  };
  return {
    contracts: await all('/v1/contracts'),
    offers: await all('/v1/offers'),
    bids: await all('/v1/bids'),
    floors: await all('/v1/floors'),
    stockLots: await all('/v1/stock-lots'),
    alerts: await all('/v1/alerts'),
  };
}

const soldByProduct = ({ contracts }: Record<string, unknown[]>): Record<string, number> => {
  const sold: Record<string, number> = {};
  for (const { product, schedule } of contracts as {
    product: string;
    schedule: { quantity: { amount: string } }[];
  }[])
    for (const { quantity } of schedule) sold[product] = (sold[product] ?? 0) + Number(quantity.amount);
  return sold;
};

const untilPrinted = async (text: string): Promise<string> => {
  for (let waited = 0; waited < 30_000 && !server.printed().includes(text); waited += 50)
    await new Promise((done) => setTimeout(done, 50));
  return server.printed();
};

/** A process that has ended but that nobody has asked after (a zombie) is not alive. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
const enginePid = async (): Promise<number> =>
  Number(await readFile(join(folder, 'data', 'engine.pid'), 'utf8'));

describe('npm start on an empty store', () => {
  it('prints the sample market: floors, volumes, prices, levies, origins, contracts, and where everything is', async () => {
    const text = await untilPrinted('Ctrl-C stops it.');
    expect(text).toContain('every organisation in it is invented');
    expect(text).toContain(`Lodestone is ready: http://localhost:${new URL(server.url).port}`);
    expect(text.match(/^── .* per /gm)).toHaveLength(products.length);
    expect(text).toMatch(/floor +110\.00 into "partners", imports below it pay a levy/);
    expect(text).toMatch(/levy +[\d,]+\.\d\d USD/);
    expect(text).toMatch(/origins +CN [\d.]+ %/);
    expect(text).toMatch(/optimal +proven/);
    expect(text).not.toContain('not proven');
    expect(text).toMatch(
      /Jade Terrace \S+ +CN +.+ +(US|JP|DE|FR) +Q\d\/\d\d–Q\d\/\d\d +[\d,]+ +54\.73 +110\.00 +5\d\.\d\d/,
    );
    expect(text).toMatch(
      /reference +827\.70 in "gallium-europe", from deals of 5 firms; 1 contract is indexed to it/,
    );
    expect(text).toMatch(
      /support +"Conversion of spodumene": 135 t beyond what their buyers can pay, for [\d,]+\.\d\d/,
    );
    expect(text).toMatch(/delivered +12 kg accepted; 12,954\.60 USD paid for it so far/);
    // 1 600 t of cobalt at 9 600 t a year are 60.8 days; 100 days would be 2 630.2 t.
    expect(text).toMatch(/cobalt-metal +60\.8 +100 +1,030\.2 t/);
    // 40 t and 120 t allocated, of which 20 t were passed on.
    expect(text).toMatch(/account +cobalt-metal +Tidewater Cathodes +60 t to draw, of 100/);
    expect(text).toMatch(/account +cobalt-metal +Blue Kestrel Superalloys +100 t to draw, of 300/);
    expect(text).toMatch(
      /loan +gallium-4n +High Mesa Semiconductors +50 kg requested; level \d, lent from 2 on/,
    );
    expect(text).toMatch(/ +3 +0\.73 +gallium-4n +partners +cover: US manufacturers’ buffer/);
    expect(text).toMatch(/ +2 +0\.58 +cobalt-hydroxide +partners +DR Congo: export quota on cobalt/);
    expect(text).toMatch(/gallium-4n +partners +(from 2026-11-28: )?China: export ban to the US/);
    for (const code of ['certificate_missing', 'certificate_level', 'price_below_floor', 'origin_barred'])
      expect(text).toContain(code);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('has cleared every product under the rules', async () => {
    const { contracts } = (await everything(server.url)) as { contracts: Record<string, unknown>[] };
    const of = (product: string) => contracts.filter((contract) => contract['product'] === product);
    for (const product of products) expect(of(product).length).toBeGreaterThan(0);
    for (const { schedule } of of('ndpr-oxide') as unknown as {
      schedule: { landedPrice: { amount: string } }[];
    }[])
      for (const { landedPrice } of schedule) expect(Number(landedPrice.amount)).toBeGreaterThanOrEqual(110);
    // No bid with the cap has more than 65 % of what it asked for in a quarter from one origin.
    const auditor = await client(server.url, 'secretariat', ['auditor']);
    const { items } = expectStatus(await auditor.get('/v1/bids?product=ndpr-oxide&limit=100'), 200) as {
      items: { id: string; maxOriginShare?: string; delivery: { quantityPerQuarter: { amount: string } } }[];
    };
    const capped = items.filter(({ maxOriginShare }) => maxOriginShare !== undefined);
    expect(capped.length).toBeGreaterThan(3);
    let tightest = 0;
    for (const { id, delivery } of capped) {
      const byOriginAndQuarter = new Map<string, number>();
      for (const contract of of('ndpr-oxide') as unknown as {
        bid: string;
        origin: string;
        schedule: { quarter: string; quantity: { amount: string } }[];
      }[])
        if (contract.bid === id)
          for (const { quarter, quantity } of contract.schedule) {
            const key = `${contract.origin} ${quarter}`;
            byOriginAndQuarter.set(key, (byOriginAndQuarter.get(key) ?? 0) + Number(quantity.amount));
          }
      for (const quantity of byOriginAndQuarter.values()) {
        const share = quantity / Number(delivery.quantityPerQuarter.amount);
        expect(share).toBeLessThanOrEqual(0.65);
        tightest = Math.max(tightest, share);
      }
    }
    expect(tightest).toBeGreaterThan(0.6);
  });

  it('shows the reference without any outside host', async () => {
    const page = await fetch(`${server.url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const own = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(own.length).toBeGreaterThan(3);
    for (const path of own) expect((await fetch(server.url + path)).status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    const openApi = (await (await fetch(`${server.url}/openapi.json`)).json()) as { openapi: string };
    expect(openApi.openapi).toMatch(/^3\.1/);
  });

  it('survives a crash of its database', async () => {
    const before = await enginePid();
    process.kill(before, 'SIGKILL');
    const auditor = await client(server.url, 'secretariat', ['auditor']);
    expectStatus(await auditor.get('/v1/products'), 200);
    expect(await enginePid()).not.toBe(before);
  });
});

describe('npm start after a kill -9', () => {
  it('replaces the leftover engine and finds everything as it was', async () => {
    const before = await everything(server.url);
    const leftover = await enginePid();
    await server.stop('SIGKILL');
    expect(isAlive(leftover)).toBe(true);
    server = await startServer(['--data', join(folder, 'data')]);
    expect(isAlive(leftover)).toBe(false);
    expect(await everything(server.url)).toEqual(before);
    const text = await untilPrinted('Ctrl-C stops it.');
    expect(text).toContain(`process ${leftover}`);
    expect(text).toContain('The market as it was left');
    expect(text).toMatch(/ndpr-oxide +\d+ contracts, [\d,]+ kg/);
    expect(text).toMatch(/cobalt-metal +60\.8 +100 +1,030\.2 t/);
  });

  it('leaves no engine behind where nothing is kept', async () => {
    const inMemory = await startServer(['--memory', '--empty']);
    const children = readFileSync(`/proc/${inMemory.pid}/task/${inMemory.pid}/children`, 'utf8');
    const engine = children
      .trim()
      .split(' ')
      .map(Number)
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dynoxide'))!;
    expect(isAlive(engine)).toBe(true);
    await inMemory.stop('SIGKILL');
    for (let waited = 0; isAlive(engine) && waited < 5000; waited += 20)
      await new Promise((done) => setTimeout(done, 20));
    expect(isAlive(engine)).toBe(false);
  });

  it('finishes a sample that was cut off while it was loaded, without doubling anything', async () => {
    const data = join(folder, 'cut-off');
    const port = await freePort();
    // The last is in the middle of clearings: what is left of the load is little, and the next start goes on with them.
    for (const words of ['standards rules', 'sites, certificates', 'sample market: clearing']) {
      const child = run(['--data', data, '--port', String(port)]);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(words)) setTimeout(() => child.kill('SIGKILL'), 60);
      });
      await once(child, 'exit');
    }
    const whole = await everything(server.url);
    const resumed = await startServer(['--data', data]);
    try {
      const finished = await everything(resumed.url);
      for (const kind of ['offers', 'bids', 'floors', 'stockLots', 'alerts'])
        expect([kind, finished[kind]?.length]).toEqual([kind, whole[kind]?.length]);
      // Who gets the last lot of a tie depends on ids, and so may the number of contracts; what is sold does not.
      expect(soldByProduct(finished)).toEqual(soldByProduct(whole));
    } finally {
      await resumed.stop();
    }
  });

  it('stops on Ctrl-C, leaving no engine behind', async () => {
    const engine = await enginePid();
    await server.stop('SIGINT');
    expect(isAlive(engine)).toBe(false);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    server = await startServer(['--data', join(folder, 'data')]);
  });
});

describe('npm start on another DynamoDB', () => {
  it('uses it instead of its own, and tells programs in JSON lines where it is', async () => {
    const other = await startEngine();
    const data = join(folder, 'other');
    const child = run(['--empty', '--json', '--data', data, '--port', '0'], {
      DYNAMODB_ENDPOINT: other.endpoint,
      TABLE_NAME: 'elsewhere',
    });
    try {
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      while (!output.includes('"ready"')) await once(child.stdout, 'data');
      const lines = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; url: string });
      const { url } = lines.find(({ event }) => event === 'ready') ?? { url: '' };
      const administrator = await client(url, 'ministry', ['administrator']);
      expectStatus(await administrator.put('/v1/organisations/org-1', { name: 'One' }), 200, 201);
      const elsewhere = await openTable(clientAt(other.endpoint), 'elsewhere');
      expect(await elsewhere.query('REF#organisation')).toHaveLength(1);
      await expect(readFile(join(data, 'engine.pid'))).rejects.toThrow('ENOENT');
    } finally {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      expect((await gone)[0]).toBe(0);
      await other.stop();
    }
  });
});

describe('npm start that cannot', () => {
  it('says in one line that the directory is in use', async () => {
    const { code, text } = await ended(['--data', join(folder, 'data'), '--port', '0']);
    expect(code).toBe(1);
    expect(text).toMatch(
      /^Lodestone is already running on .+: stop it first, or give another --data directory\.$/m,
    );
    expect(text.trim().split('\n')).toHaveLength(1);
  });

  it('says in one line that the port is in use, and touches no data', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, text } = await ended(['--memory', '--port', String(port)]);
    taken.close();
    expect(code).toBe(1);
    expect(text).toBe(`Port ${port} is in use: give another one, as in "npm start -- --port ${port + 1}".\n`);
  });

  it('shows its options when it does not know one', async () => {
    const { code, text } = await ended(['--prot', '3000']);
    expect(code).toBe(2);
    expect(text).toContain("Unknown option '--prot'");
    expect(text).toContain('npm start -- [options]');
    expect(await ended(['--help'])).toMatchObject({ code: 0 });
  });
});

const root = resolve(import.meta.dirname, '../..');
const run = (options: readonly string[], environment: Record<string, string> = {}) =>
  spawn(resolve(root, 'node_modules/.bin/node'), [...startArguments, ...options], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

async function ended(options: readonly string[]): Promise<{ code: number | null; text: string }> {
  const child = run(options);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, text };
}
