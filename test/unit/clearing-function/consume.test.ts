import { describe, expect, it } from 'vitest';
import { consume } from '../../../functions/clearing/consume.ts';

const message = (messageId: string, product: string, body = JSON.stringify({ product })) => ({
  messageId,
  body,
  attributes: { MessageGroupId: product },
});
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a batch of the clearing queue', () => {
  it('answers what failed, and what lies behind it in its group untried; other groups go on', async () => {
    const ran: string[] = [];
    const answer = await consume(
      [message('1', 'cobalt'), message('2', 'ndpr'), message('3', 'cobalt'), message('4', 'gallium')],
      {
        run: (product) => {
          ran.push(product);
          return product === 'cobalt' ? Promise.reject(new Error('table is away')) : Promise.resolve('none');
        },
        wake: () => Promise.resolve(),
        logger: silent,
      },
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }] });
    expect(ran).toEqual(['cobalt', 'ndpr', 'gallium']);
  });

  it('wakes another worker where work is left over', async () => {
    const woken: string[] = [];
    const wake = (product: string) => {
      woken.push(product);
      return Promise.resolve();
    };
    const run = () => Promise.resolve('more' as const);
    expect(await consume([message('1', 'ndpr')], { run, wake, logger: silent })).toEqual({
      batchItemFailures: [],
    });
    expect(woken).toEqual(['ndpr']);
  });

  it.for(['{', '{}', '{"product":"../x"}', '{"product":"ndpr","clearing":"y"}'])(
    'refuses a body of %s',
    async (body) => {
      const run = () => Promise.reject(new Error('must not run'));
      const answer = await consume([message('1', 'ndpr', body)], {
        run,
        wake: () => Promise.resolve(),
        logger: silent,
      });
      expect(answer.batchItemFailures).toHaveLength(1);
    },
  );
});
