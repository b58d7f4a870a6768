import type { Key } from '../../shared/store/table/keys/key.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { whatIsToBeSent } from '../../shared/store/risk/notices.ts';
import { concurrently } from '../clearing/concurrently.ts';
import { deliver } from './deliver.ts';
import type { NotifyDependencies } from './dependencies.ts';
import { dispatch } from './dispatch.ts';
import { replay } from './replay.ts';

export interface Sent {
  /** Notices, deliveries and replays looked at. */
  readonly looked: number;
  /** Those that could not be handled for a fault of ours; each is in the log, and stays due. */
  readonly failed: number;
  /** Time was up before all was done: the next run goes on. */
  readonly more: boolean;
}

const batch = 200;

/**
 * Does everything that is due: distributes notices, calls webhooks, carries out replays. It can be stopped and started
 * at any point, and run twice at once. One thing that fails does not hold up the others.
 */
export async function sendWhatIsDue(dependencies: NotifyDependencies): Promise<Sent> {
  const { table, clock, logger, settings } = dependencies;
  const seen = new Set<string>();
  let failed = 0;
  const isTimeUp = (): boolean => dependencies.remainingMilliseconds() < settings.handOnMilliseconds;
  for (;;) {
    const due = await whatIsToBeSent(table, clock(), batch + seen.size);
    // A notice becomes deliveries, a replay too, and these are new; what failed is not looked at twice in one run.
    const fresh = due.filter(({ key, from }) => !seen.has(`${key.pk}|${key.sk}|${from}`));
    if (fresh.length === 0 || isTimeUp()) break;
    for (const { key, from } of fresh) seen.add(`${key.pk}|${key.sk}|${from}`);
    await concurrently(fresh, settings.concurrency, async ({ key }) => {
      if (isTimeUp()) return;
      try {
        await handle(dependencies, key);
      } catch (error) {
        failed += 1;
        logger.error('it could not be sent', { ...key, error });
      }
    });
  }
  const sent: Sent = { looked: seen.size, failed, more: isTimeUp() };
  if (sent.looked > 0) logger.info('sent', { ...sent });
  return sent;
}

async function handle(dependencies: NotifyDependencies, key: Key): Promise<void> {
  const item = await dependencies.table.get(key);
  if (item === undefined) return;
  if (key.sk === keys.notice('').sk) complain((await dispatch(dependencies, item)).broken);
  else if (key.sk.startsWith('REPLAY#')) await replay(dependencies, item);
  else await deliver(dependencies, item);
}

/**
 * Distributes notices that the stream tells of and makes the first attempts at once: the index, by which everything else
 * is found, may not have them yet. @throws once all the others are done, where there was a fault of ours: the stream
 * tells of them again.
 */
export async function sendNotices(dependencies: NotifyDependencies, notices: readonly Key[]): Promise<void> {
  const { table, logger, settings } = dependencies;
  const failed: unknown[] = [];
  const orTell = (key: Key, step: () => Promise<void>): Promise<void> =>
    step().catch((error: unknown) => {
      failed.push(error);
      logger.error('it could not be sent', { ...key, error });
    });
  for (const key of notices)
    await orTell(key, async () => {
      const item = await table.get(key);
      if (item === undefined) return;
      const { made, broken } = await dispatch(dependencies, item);
      await concurrently(made, settings.concurrency, (delivery) =>
        orTell(delivery, () => handle(dependencies, delivery)),
      );
      complain(broken);
    });
  if (failed.length > 0)
    throw new Error(`${failed.length} things could not be sent; see the log`, { cause: failed[0] });
}

/** Somebody is to hear of webhooks that cannot be read: what they asked for has not been sent to them. */
function complain(broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(`webhooks that cannot be read: ${broken.join()}`);
}
