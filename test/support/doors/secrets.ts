import type { Caller } from '../../../shared/reference/caller.ts';
import { seesAll } from '../../../shared/reference/caller.ts';

/** A text found nowhere else in the market, and the organisations that may read it beside administrators and auditors. */
export interface Secret {
  readonly text: string;
  readonly readers: readonly string[];
  /** One of its readers has read it. */
  seen: boolean;
}

/**
 * The secrets in an answer that are none of the caller's. What the request itself said is no leak: an answer may repeat it.
 */
export const leaked = (
  secrets: readonly Secret[],
  who: Caller | undefined,
  request: string,
  answer: string,
): string[] =>
  who !== undefined && seesAll(who)
    ? []
    : secrets
        .filter(({ readers }) => who === undefined || !readers.includes(who.organisation))
        .map(({ text }) => text)
        .filter((text) => !request.includes(text) && standsIn(answer, text));

/** Notes which secrets one of their readers has read in an answer. */
export function readIn(secrets: readonly Secret[], { organisation }: Caller, answer: string): void {
  for (const secret of secrets)
    if (!secret.seen && secret.readers.includes(organisation) && standsIn(answer, secret.text))
      secret.seen = true;
}

/** As a word of its own: digits may stand in a hash by chance. */
const standsIn = (answer: string, text: string): boolean =>
  answer.includes(text) && new RegExp(`(?<![\\w.])${escaped(text)}(?!\\w)`).test(answer);

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
