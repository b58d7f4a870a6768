import { afterAll, describe, expect, it } from 'vitest';
import { computingHere } from '../../../functions/api/computing.ts';
import { threadComputing } from '../../../infra/local/thread-computing.ts';
import { previewTermsSchema } from '../../../shared/clearing/preview/terms.ts';
import { largeBook } from '../../bench/large-book.ts';

const thread = threadComputing();
afterAll(() => thread.stop());

const terms = previewTermsSchema.parse({ product: 'ndpr-oxide' });
const bounds = { pairs: 1_000_000, milliseconds: 60_000 };
const book = largeBook(60, 1);
const program = (text: string): URL =>
  new URL(`data:text/javascript,import { parentPort } from 'node:worker_threads'; ${text}`);
const askOf = ({ computing }: typeof thread) => computing.preview(book, terms, [], bounds);

// A thread of its own is not beside others at its full speed.
describe('the thread of previews', { timeout: 60_000 }, () => {
  it('comes to what would have been computed here, and lets everything else go on meanwhile', async () => {
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    turn();
    const [preview, stress] = [
      await thread.computing.preview(book, terms, [], bounds),
      await thread.computing.stress(book, { origin: 'AU', quarters: ['2027-Q1'] }, [], bounds),
    ];
    isDone = true;
    expect(turns).toBeGreaterThan(20);
    expect(preview).toEqual(await computingHere.preview(book, terms, [], bounds));
    expect(stress).toEqual(
      await computingHere.stress(book, { origin: 'AU', quarters: ['2027-Q1'] }, [], bounds),
    );
    expect([preview.ok, stress.ok]).toEqual([true, true]);
    expect(await thread.computing.preview(book, terms, [], { ...bounds, pairs: 0 })).toMatchObject({
      problem: { code: 'market_too_large' },
    });
  });

  it('computes one, lets two wait and refuses the next before it is begun; all that are left when it stops', async () => {
    const silent = threadComputing(program(`parentPort.on('message', () => undefined);`));
    const asked = [askOf(silent), askOf(silent), askOf(silent)];
    expect(await askOf(silent)).toMatchObject({ ok: false, problem: { code: 'rate_limited' } });
    await Promise.resolve();
    await silent.stop();
    for (const each of asked) expect(await each).toMatchObject({ problem: { code: 'unavailable' } });
    expect(await askOf(silent)).toMatchObject({ problem: { code: 'unavailable' } });
  });

  it('that ends fails what it computed, and another is begun for what comes next', async () => {
    const ending = threadComputing(program(`parentPort.once('message', () => process.exit(3));`));
    const failures = [askOf(ending), askOf(ending)];
    for (const failed of failures)
      await expect(failed).rejects.toThrow('the thread that computes has ended: code 3');
    await ending.stop();
  });

  it('says of a book that it has no memory for that it is too large', async () => {
    const hungry = threadComputing(
      program(
        `parentPort.once('message', () => { const all = []; for (;;) all.push(new Array(1e6).fill(0.5)); });`,
      ),
    );
    expect(await askOf(hungry)).toMatchObject({ problem: { code: 'market_too_large' } });
    await hungry.stop();
  });
});
