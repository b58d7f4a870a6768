import type { Clock, Instant } from '../../shared/kernel/time.ts';
import type { Product } from '../../shared/reference/product.ts';
import { pendingClearings, readClearing, requestClearingActions } from '../../shared/store/clearings.ts';
import type { Control } from '../../shared/store/control.ts';
import { readControls } from '../../shared/store/control.ts';
import type { Table } from '../../shared/store/table.ts';
import type { Log } from '../clearing/dependencies.ts';
import { dueSlot, scheduledClearingId } from './schedule.ts';

export interface TickDependencies {
  readonly table: Table;
  readonly clock: Clock;
  /** All products as they now are. */
  readonly products: () => Promise<readonly Product[]>;
  /** A product as it was at an instant. */
  readonly productAt: (id: string, at: Instant) => Promise<Product | undefined>;
  /** Lets somebody work on a market. */
  readonly wake: (product: string) => Promise<void>;
  readonly logger: Log;
}

/**
 * Once a minute: asks for the clearings that schedules ask for, then wakes somebody for every market with a request
 * that no run has taken, or with a run whose worker has not been heard of. Answers the markets woken.
 */
export async function tick(dependencies: TickDependencies): Promise<string[]> {
  const products = await dependencies.products();
  for (const product of products) await requestWhatIsDue(dependencies, product);
  const due = await dueMarkets(
    dependencies,
    products.map(({ id }) => id),
  );
  for (const product of due) await dependencies.wake(product);
  dependencies.logger.info('tick', { due });
  return due;
}

async function requestWhatIsDue(dependencies: TickDependencies, product: Product): Promise<void> {
  const { table, clock, productAt } = dependencies;
  const now = clock();
  const slot = product.clearingSchedule === undefined ? undefined : dueSlot(product.clearingSchedule, now);
  if (slot === undefined) return;
  const id = scheduledClearingId(product.id, slot);
  if ((await readClearing(table, id)) !== undefined) return;
  // A schedule does not ask for instants before it was set.
  const then = product.recordedAt <= slot ? product : await productAt(product.id, slot);
  if (then?.clearingSchedule !== product.clearingSchedule) return;
  // Refused where another tick has asked meanwhile: the id is the same.
  await table.transact(
    requestClearingActions({ id, product: product.id, requestedBy: 'schedule', at: now, scheduledFor: slot }),
  );
}

async function dueMarkets(
  { table, clock }: TickDependencies,
  products: readonly string[],
): Promise<string[]> {
  const pending = new Set((await pendingClearings(table)).map(({ product }) => product));
  const controls = await readControls(table, products);
  const now = clock();
  return products.filter((product) => {
    const control = controls.get(product);
    return pending.has(product) ? !isHeld(control, now) : isAbandoned(control, now);
  });
}

const isHeld = (control: Control | undefined, now: Instant): boolean =>
  control !== undefined && control.leaseUntil > now;

const isAbandoned = (control: Control | undefined, now: Instant): boolean =>
  control !== undefined && control.phase !== 'idle' && !isHeld(control, now);
