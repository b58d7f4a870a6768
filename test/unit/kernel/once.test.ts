import { expect, it } from 'vitest';
import { once } from '../../../shared/kernel/once.ts';

it('begins once, for all who ask, and again only after it has failed', async () => {
  let begun = 0;
  const number = once(() => {
    begun += 1;
    return begun === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(begun);
  });
  const first = await Promise.allSettled([number(), number()]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(begun).toBe(1);
  expect(await Promise.all([number(), number()])).toEqual([2, 2]);
  expect(await number()).toBe(2);
});
