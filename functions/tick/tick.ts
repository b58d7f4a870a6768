import type { Clock, Instant } from '../../shared/kernel/time.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import type { Product } from '../../shared/reference/product.ts';
import { pendingClearings, readClearing, requestClearingActions } from '../../shared/store/clearings.ts';
import type { Control } from '../../shared/store/control.ts';
import { readControls } from '../../shared/store/control.ts';
import type { Table } from '../../shared/store/table.ts';
import { readPulse, writeBeat } from '../../shared/store/beat.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import { noMetrics } from '../lambda/metrics.ts';
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
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
}

/**
 * Once a minute: asks for the clearings that schedules ask for, then wakes somebody for every market with a request
 * that no run has taken, or with a run whose worker has not been heard of. Writes down that it has, for whoever asks
 * how the market is. Answers the markets woken.
 */
export async function tick(dependencies: TickDependencies): Promise<string[]> {
  const products = await dependencies.products();
  for (const product of products) await requestWhatIsDue(dependencies, product);
  const waiting = await whatWaits(
    dependencies,
    products.map(({ id }) => id),
  );
  for (const product of waiting.due) await dependencies.wake(product);
  await tellHowItIs(dependencies, waiting);
  return waiting.due;
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

interface Waiting {
  /** Markets that somebody is to be woken for. */
  readonly due: string[];
  /** When the oldest request was made that no run has taken. */
  readonly requestedAt: Instant | undefined;
  /** When the leases ran out of runs whose workers have not been heard of since. */
  readonly leftAt: readonly Instant[];
}

async function whatWaits({ table, clock }: TickDependencies, products: readonly string[]): Promise<Waiting> {
  const requests = await pendingClearings(table);
  const pending = new Set(requests.map(({ product }) => product));
  const controls = await readControls(table, products);
  const now = clock();
  return {
    due: products.filter((product) => {
      const control = controls.get(product);
      return pending.has(product) ? !isHeld(control, now) : isAbandoned(control, now);
    }),
    requestedAt: requests[0]?.requestedAt,
    leftAt: [...controls.values()]
      .filter((control) => isAbandoned(control, now))
      .map(({ leaseUntil }) => leaseUntil),
  };
}

/** To the log, to the metrics, and by a beat to whoever asks. */
async function tellHowItIs(
  { table, clock, logger, metrics = noMetrics }: TickDependencies,
  { due, requestedAt, leftAt }: Waiting,
): Promise<void> {
  const now = clock();
  const secondsSince = (at: Instant): number => (millisecondsOf(now) - millisecondsOf(at)) / 1000;
  const { followed } = await readPulse(table);
  metrics.record('OldestRequestAge', requestedAt === undefined ? 0 : secondsSince(requestedAt));
  metrics.record('RunsLeftBehind', leftAt.length);
  if (followed !== undefined) metrics.record('FollowerLag', secondsSince(followed));
  const [waitingSince] = [...(requestedAt === undefined ? [] : [requestedAt]), ...leftAt].sort();
  await writeBeat(table, { at: now, waitingSince });
  logger.info('tick', { due });
}

const isHeld = (control: Control | undefined, now: Instant): boolean =>
  control !== undefined && control.leaseUntil > now;

const isAbandoned = (control: Control | undefined, now: Instant): boolean =>
  control !== undefined && control.phase !== 'idle' && !isHeld(control, now);
