import type { Clock, Instant } from '../../shared/kernel/time.ts';
import { dateOf, millisecondsOf } from '../../shared/kernel/time.ts';
import type { Product } from '../../shared/reference/product.ts';
import {
  pendingClearings,
  readClearing,
  requestClearingActions,
} from '../../shared/store/clearing/clearings.ts';
import type { Control } from '../../shared/store/clearing/control.ts';
import { readControls } from '../../shared/store/clearing/control.ts';
import { rulesToAsk } from '../../shared/store/stockpiles/stock-records.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { readPulse, writeBeat } from '../../shared/store/service/beat.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import { noMetrics } from '../lambda/metrics.ts';
import { dueSlot, scheduledClearingId } from './schedule.ts';

export interface TickDependencies {
  readonly table: Table;
  readonly clock: Clock;
  /** All products as they now are; those that cannot be read are told of instead. */
  readonly products: (broken: (id: string, error: unknown) => void) => Promise<readonly Product[]>;
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
 * @throws once all of that is done, where a product could not be looked at: somebody is to hear of it, and it does not
 * hold up the others.
 */
export async function tick(dependencies: TickDependencies): Promise<string[]> {
  const failed = new Map<string, unknown>();
  const broken = (product: string, error: unknown): void => {
    failed.set(product, error);
    dependencies.logger.error('a product could not be looked at', { product, error });
  };
  const orTell = (product: string, step: () => Promise<void>): Promise<void> =>
    step().catch((error: unknown) => {
      broken(product, error);
    });
  const products = await dependencies.products(broken);
  for (const product of products) await orTell(product.id, () => requestWhatIsDue(dependencies, product));
  await askStandingRules(dependencies, broken);
  const waiting = await whatWaits(
    dependencies,
    products.map(({ id }) => id),
    broken,
  );
  for (const product of waiting.due) await orTell(product, () => dependencies.wake(product));
  await tellHowItIs(dependencies, waiting);
  const [cause] = failed.values();
  if (failed.size > 0)
    throw new Error(`${failed.size} products could not be looked at; see the log`, { cause });
  return waiting.due;
}

/** Before anybody is woken to clear: what is placed takes part in it. */
async function askStandingRules(
  { table, clock }: TickDependencies,
  broken: (rule: string, error: unknown) => void,
): Promise<void> {
  try {
    if ((await rulesToAsk(table, dateOf(clock()), 1)).length === 0) return;
    // What posts orders is read only when there is a rule to ask: most ticks start without.
    const { askRules } = await import('../../shared/store/stockpiles/ask-rules.ts');
    await askRules(table, clock, broken);
  } catch (error) {
    broken('standing rules', error);
  }
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

async function whatWaits(
  { table, clock }: TickDependencies,
  products: readonly string[],
  broken: (product: string, error: unknown) => void,
): Promise<Waiting> {
  const requests = await pendingClearings(table, undefined, broken);
  const pending = new Set(requests.map(({ product }) => product));
  const controls = await readControls(table, products, broken);
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
