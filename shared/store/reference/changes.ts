import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Change } from '../../contracts/change.ts';
import type { ConfigurationGuard } from './configuration.ts';
import { configurationMoves } from './configuration.ts';
import type { Effect } from '../table/effect.ts';
import { referenceSeries } from './reference.ts';
import type { Action } from '../table/action.ts';
import { recordVersion } from '../table/versioned.ts';

type Described = 'kind' | 'id' | 'target' | 'basedOn' | 'proposed';
type Proposal = Change extends infer C ? (C extends Change ? Pick<C, Described> : never) : never;

/** Records a change for another administrator to decide on. */
export function proposeChange(
  guard: ConfigurationGuard,
  author: Author,
  proposal: Proposal,
): Effect<{ readonly outcome: 'proposed'; readonly change: Change }> {
  const change: Change = {
    ...proposal,
    status: 'proposed',
    proposedBy: author.subject,
    proposedAt: author.at,
    ...nextVersion(undefined, author),
  };
  return {
    actions: [configurationMoves(guard, author), ...changeActions(change)],
    value: { outcome: 'proposed', change },
  };
}

export const changeActions = (change: Change): Action[] => recordVersion(referenceSeries.change, change);
