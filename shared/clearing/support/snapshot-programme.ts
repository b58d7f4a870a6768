import type { Money } from '../../kernel/money.ts';
import type { Programme } from '../../support/programme.ts';
import type { SnapshotProgramme } from '../snapshot.ts';
import { snapshotProgrammeSchema } from '../snapshot.ts';

/** A programme as a clearing sees it: its terms for a round, and what is left of its budget. */
export const snapshotProgramme = (programme: Programme, left: Money): SnapshotProgramme =>
  ({
    ...Object.fromEntries(
      Object.entries(programme).filter(([name]) => name in snapshotProgrammeSchema.shape),
    ),
    left,
  }) as SnapshotProgramme;
