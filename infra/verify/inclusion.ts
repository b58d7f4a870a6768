import { canonical, rootFrom } from './digest.ts';
import { checkShape } from './shape.ts';
import type { Report } from './verify.ts';

const shape = {
  clearing: /^[^]+$/,
  order: /^[^]+$/,
  leaf: /^\{[^]*\}$/,
  inclusion: [/^[0-9a-f]{64}$/],
  inputDigest: /^[0-9a-f]{64}$/,
} as const;
interface Explanation {
  readonly clearing: string;
  readonly order: string;
  readonly entry?: unknown;
  readonly leaf: string;
  readonly inclusion: readonly string[];
  readonly inputDigest: string;
}

export const isExplanation = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'inclusion' in document;

/** Checks from a participant's explanation that its order was counted, as it says, under the clearing's digest. */
export function verifyInclusion(document: unknown): Report {
  const failures: { pointer: string; problem: string }[] = [];
  const fail = (pointer: string, problem: string): void => {
    failures.push({ pointer, problem });
  };
  checkShape(document, shape, fail);
  if (failures.length > 0) return { verified: false, checked: [], failures };
  const { clearing, order, entry, leaf, inclusion, inputDigest } = document as Explanation;
  if (canonical(entry) !== leaf) fail('/leaf', 'is not the canonical JSON of the entry');
  const { id } = JSON.parse(leaf) as { id?: unknown };
  if (id !== order) fail('/leaf', `is of ${JSON.stringify(id)}, not of ${order}`);
  const root = rootFrom(leaf, inclusion);
  if (root !== inputDigest) fail('/inclusion', `leads from the leaf to ${root}, not to the digest`);
  const words = `${order} was counted in ${clearing} as its entry says: ${inclusion.length} hashes lead to the digest ${root}`;
  return { verified: failures.length === 0, checked: failures.length === 0 ? [words] : [], failures };
}
