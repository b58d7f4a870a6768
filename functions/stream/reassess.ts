import type { CalendarDate } from '../../shared/kernel/time.ts';
import { addDays, inRange } from '../../shared/kernel/time.ts';
import type { Floor } from '../../shared/pricing/floor.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { AssessedContract } from '../../shared/risk/assessment-inputs.ts';
import { assess } from '../../shared/risk/assessment.ts';
import type { Finding } from '../../shared/risk/findings.ts';
import { findingsOf } from '../../shared/risk/findings.ts';
import { reconciled } from '../../shared/risk/reconcile.ts';
import type { Action } from '../../shared/store/table/action.ts';
import { readAlerts, recordAlert } from '../../shared/store/risk/alerts.ts';
import { readAssessmentInputs } from '../../shared/store/risk/assessment-inputs.ts';
import { noteChanges } from '../../shared/store/risk/changed-contracts.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { expiresAfter } from '../../shared/store/risk/notices.ts';
import { readAll } from '../../shared/store/reference/reference.ts';
import { maximumActions } from '../../shared/store/table/table.ts';
import { ContractMemory } from './contract-memory.ts';
import type { FollowerDependencies } from './follow.ts';

/** Who follows: there is no person behind it. */
const subject = 'follower';
/** A stream tells of an event for a day; a dead letter of it can be sent again for a fortnight. */
const rememberedDays = 30;
const attempts = 10;

/** An event to be followed; of an event of a contract, which. */
interface Followed {
  readonly id: string;
  readonly contract: string | undefined;
}

/**
 * Brings a product's alerts to what stands now, and notes the events that it was done for: in one transaction, or, of
 * very many alerts, in several whose last has the note. Alerts are read before what they are held against, and written
 * only as read, and only if nobody has taken a look since: so nobody with an older look at the world overwrites a newer one. False if there was nothing to
 * do, since all of the events have been followed.
 */
export async function reassess(
  { table, clock, logger, memory = new ContractMemory() }: FollowerDependencies,
  product: Product,
  { events, sweptOn }: { readonly events: readonly Followed[]; readonly sweptOn?: CalendarDate },
): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const followed = new Set(
      (await table.getMany(events.map(({ id }) => keys.followed(id, product.id)))).map(({ pk }) => pk),
    );
    const fresh = events.filter(({ id }) => !followed.has(keys.followed(id, product.id).pk));
    if (fresh.length === 0 && sweptOn === undefined) return false;
    const alerts = await readAlerts(table, product.id);
    const at = clock();
    const changed = [...new Set(fresh.flatMap(({ contract }) => contract ?? []))];
    const seen = await memory.look(table, product.id, { at, changed, anew: sweptOn !== undefined });
    const found = await findingsNow(table, product, at, seen.contracts);
    const changes = reconciled(alerts, found, { subject, at });
    const look = noteChanges(product.id, seen.last, changed, at);
    const notes: Action[] = fresh.map(({ id }) => ({
      name: 'followed',
      put: { ...keys.followed(id, product.id), at, expiresAt: expiresAfter(at, rememberedDays) },
    }));
    if (sweptOn !== undefined) notes.push({ name: 'swept', put: { ...keys.sweep(product.id), on: sweptOn } });
    if (await inTransactions(table, [look, ...changes.map(recordAlert), ...notes.map((note) => [note])])) {
      logger.info('alerts reconciled', {
        product: product.id,
        events: fresh.length,
        changes: changes.flatMap(({ alert, step }) =>
          step === undefined ? [] : [`${alert.id} ${step.what}`],
        ),
      });
      return true;
    }
    await table.backOff(attempt);
  }
  throw new Error(`alerts of ${product.id} keep changing`);
}

type Store = FollowerDependencies['table'];

/** Each group of actions in one transaction, as many groups in one as fit, in order; false where one was refused. */
async function inTransactions(table: Store, groups: readonly (readonly Action[])[]): Promise<boolean> {
  let waiting: Action[] = [];
  const done = async (): Promise<boolean> => waiting.length === 0 || (await table.transact(waiting)).done;
  for (const group of groups) {
    if (waiting.length + group.length > maximumActions) {
      if (!(await done())) return false;
      waiting = [];
    }
    waiting.push(...group);
  }
  return done();
}

/** What is found of a product in each zone, and in the market as a whole. */
async function findingsNow(
  table: Store,
  product: Product,
  at: string,
  contracts: readonly AssessedContract[],
): Promise<Finding[]> {
  const [zones, disruptions, floors] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'disruption'),
    readAll(table, 'floor'),
  ]);
  const succeeded = succeededFloors(floors);
  const findings: Finding[] = [];
  for (const zone of [null, ...zones]) {
    const inputs = await readAssessmentInputs(table, product, zone, at, { contracts });
    const assessment = assess(inputs);
    findings.push(...findingsOf({ inputs, assessment, product, disruptions, succeeded }));
  }
  return findings;
}

/** Floors that end, and on whose next day another one is agreed on. */
function succeededFloors(floors: readonly Floor[]): Set<string> {
  const agreed = floors.filter(({ status }) => status === 'approved');
  return new Set(
    agreed.flatMap(({ id, product, zone, effectiveTo }) =>
      effectiveTo !== undefined &&
      agreed.some(
        (other) =>
          other.product === product && other.zone === zone && inRange(other, addDays(effectiveTo, 1)),
      )
        ? [id]
        : [],
    ),
  );
}
