import { canonical, rootFrom } from './digest.ts';
import { attempt } from './exact.ts';
import type { Report } from './verify.ts';

interface Explanation {
  readonly clearing: string;
  readonly order: string;
  readonly entry: { readonly id: string };
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
  const words = attempt(fail, '', () => {
    const { clearing, order, entry, leaf, inclusion, inputDigest } = document as Explanation;
    if (canonical(entry) !== leaf) fail('/leaf', 'is not the canonical JSON of the entry');
    const { id } = entry;
    if (id !== order) fail('/order', `is not that of the entry, ${id}`);
    const root = rootFrom(leaf, inclusion);
    if (root !== inputDigest) fail('/inclusion', `leads from the leaf to ${root}, not to the digest`);
    return `${order} was counted in ${clearing} as its entry says: ${inclusion.length} hashes lead to the digest ${root}`;
  });
  const verified = failures.length === 0 && words !== undefined;
  return { verified, checked: verified ? [words] : [], failures };
}
