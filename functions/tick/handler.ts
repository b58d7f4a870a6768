import { readSound, versionAt } from '../../shared/store/reference/reference.ts';
import { measured, metrics } from '../lambda/emf.ts';
import { clock, logger, table, wakeByQueue } from '../lambda/surroundings.ts';
import { tick } from './tick.ts';

const market = table();
const wake = wakeByQueue();

/** Called once a minute. */
export const handler = measured(async (): Promise<void> => {
  await tick({
    table: market,
    products: (broken) => readSound(market, 'product', broken),
    productAt: (id, at) => versionAt(market, 'product', id, at),
    ...{ clock, wake, logger, metrics },
  });
});
