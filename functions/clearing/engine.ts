import { clear } from '../../shared/clearing/clear.ts';
import { documentsOf } from '../../shared/clearing/documents.ts';
import { ok } from '../../shared/kernel/result.ts';
import type { Clear } from './dependencies.ts';

/** The clearing engine as a run calls it: what it decided, with the documents that prove and explain it. */
export const engine: Clear = (snapshot) => {
  const outcome = clear(snapshot);
  if (!outcome.ok) return outcome;
  const { awards, quarters } = outcome.value;
  return ok({ awards, quarters, ...documentsOf(snapshot, outcome.value) });
};
