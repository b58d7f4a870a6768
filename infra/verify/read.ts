import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** Nothing was found that could be verified. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}

/** A document, and where it is from a marketplace, the clearing's record there. */
export interface Found {
  readonly document: unknown;
  readonly record?: unknown;
}

/**
 * Reads a file, standard input (`-`), or on a marketplace `…/v1/clearings/{id}` or its `/proof`, `…/v1/contracts/{id}` or
 * its `/chain`.
 */
export async function read(source: string, token: string | undefined): Promise<Found> {
  try {
    if (source === '-') return { document: JSON.parse(await text(process.stdin)) };
    if (!/^https?:\/\//.test(source)) return { document: JSON.parse(await readFile(source, 'utf8')) };
    const contract = /^[^?]*\/v1\/contracts\/[^/?]+/.exec(source)?.[0];
    if (contract !== undefined)
      return { document: await get(`${contract}/chain`, token), record: await get(contract, token) };
    const clearing = /^[^?]*\/v1\/clearings\/[^/?]+/.exec(source)?.[0];
    if (clearing === undefined) return { document: await get(source, token) };
    return { document: await get(`${clearing}/proof`, token), record: await get(clearing, token) };
  } catch (error) {
    throw error instanceof Unusable ? error : new Unusable(`${source}: ${reasonOf(error)}`);
  }
}

/** Follows the answer 303 to where the proof lies; the token goes to its own origin only. */
async function get(url: string, token: string | undefined): Promise<unknown> {
  const answer = await fetch(
    url,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
  if (!answer.ok) throw new Unusable(`${url}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
  return answer.json();
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error instanceof Error ? error.message : String(error)}${cause}`;
};
