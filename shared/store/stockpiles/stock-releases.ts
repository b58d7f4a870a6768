import type { Problem } from '../../kernel/problem.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf, latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { ReleaseTerms, StockRelease } from '../../stockpiles/release.ts';
import { approvalsNeeded } from '../../stockpiles/release.ts';
import { massOfSteps, stepsOf } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { productOf } from '../reference/reference.ts';
import type { LevelFound } from './release-level.ts';
import { findLevel, keptAssessment } from './release-level.ts';
import { putStockRecord, readStockRecord, releaseRecords } from './stock-records.ts';
import { decideRelease } from './stock-release-decision.ts';
import { ownStockpile, productHeld, readStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

export const noSuchRelease = problem('not_found', 'There is no such release.');

export const readRelease = (table: Table, id: string): Promise<StockRelease | undefined> =>
  readStockRecord(table, releaseRecords, id);

/** An act on a release is on record no earlier than the one before it, whatever the clock of its host says. */
export const releaseAuthor = (act: Act, release: StockRelease): Author => ({
  subject: act.subject,
  at: latestOf(act.at, release.recordedAt),
});

const emergency = 3;

const notTight = ({ found }: LevelFound): Problem =>
  problem(
    'level_not_reached',
    `Material is released at level 3; by the published rules the level is ${found.level}.`,
  );

/**
 * The operator proposes to release stock. The level is computed from what is known now, and put on record whole. Errors:
 * not_found, invalid_state, unknown_reference, level_not_reached, unit_not_convertible, off_lot.
 */
export const proposeRelease =
  (table: Table, act: Act, stockpileId: string, terms: ReleaseTerms): Plan<StockRelease> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const held = await productHeld(table, stockpile.value, terms.product, act.at);
    if (!held.ok) return held;
    const product = held.value;
    const steps = stepsOf(terms.quantity, product);
    if (!steps.ok) return steps;
    const level = await findLevel(table, stockpile.value, product, act.at);
    if (level.found.level < emergency) return fail(notTight(level));
    const release: StockRelease = {
      ...terms,
      quantity: massOfSteps(steps.value, product),
      ...{ id: act.newId('release'), stockpile: stockpileId, operator: act.organisation },
      ...{ zone: stockpile.value.zone, status: 'proposed', proposedAt: act.at, proposedBy: act.subject },
      ...{ rulesOf: dateOf(act.at), found: [level.found], approvals: [] },
      ...nextVersion(undefined, act),
    };
    return ok({
      actions: [...putStockRecord(releaseRecords, release), keptAssessment(release.id, 1, level)],
      value: release,
    });
  };

/** Errors: not_found, invalid_state, second_approval_required. */
async function decidable(table: Table, act: Act, id: string): Promise<Result<StockRelease>> {
  const release = await readRelease(table, id);
  if (release === undefined) return fail(noSuchRelease);
  if (release.status !== 'proposed')
    return fail(problem('invalid_state', `The release is ${release.status}.`));
  if ([release.proposedBy, ...release.approvals.map(({ by }) => by)].includes(act.subject))
    return fail(
      problem('second_approval_required', 'Another administrator must decide, who has not done so already.'),
    );
  return ok(release);
}

/**
 * An administrator approves; with the second one it is decided: what can be released is shared in proportion to verified
 * need and set aside. The level must still be reached. Errors: not_found, invalid_state, second_approval_required,
 * level_not_reached, nothing_to_release, stock_insufficient.
 */
export const approveRelease =
  (table: Table, act: Act, id: string): Plan<StockRelease> =>
  async () => {
    const decided = await decidable(table, act, id);
    if (!decided.ok) return decided;
    const release = decided.value;
    const author = releaseAuthor(act, release);
    const stockpile = await readStockpile(table, release.stockpile);
    if (stockpile === undefined) throw new Error(`the stockpile of ${id} has gone`);
    const product = await productOf(table, release.product);
    const level = await findLevel(table, stockpile, product, author.at);
    if (level.found.level < emergency) return fail(notTight(level));
    const approved: StockRelease = {
      ...release,
      found: [...release.found, level.found],
      approvals: [...release.approvals, { by: author.subject, at: author.at }],
      // The rules in force when it is decided.
      rulesOf: dateOf(author.at),
      ...nextVersion(release, author),
    };
    const kept = keptAssessment(id, approved.found.length, level);
    if (approved.approvals.length < approvalsNeeded)
      return ok({ actions: [...putStockRecord(releaseRecords, approved), kept], value: approved });
    const made = await decideRelease(table, approved, stockpile, product, author);
    return made.ok
      ? ok({
          actions: [...putStockRecord(releaseRecords, made.value.release), kept, ...made.value.actions],
          value: made.value.release,
        })
      : made;
  };

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectRelease =
  (table: Table, act: Act, id: string, reason: string): Plan<StockRelease> =>
  async () => {
    const decided = await decidable(table, act, id);
    if (!decided.ok) return decided;
    const author = releaseAuthor(act, decided.value);
    const release: StockRelease = {
      ...decided.value,
      status: 'rejected',
      rejected: { by: author.subject, at: author.at, reason },
      ...nextVersion(decided.value, author),
    };
    return ok({ actions: putStockRecord(releaseRecords, release), value: release });
  };
