import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Client } from '../market-client.ts';
import { client } from '../market-client.ts';
import type { Journal, Who } from './journal.ts';

/** So long a client goes on sending what is not answered. */
const patienceMilliseconds = 120_000;

/**
 * Calls the market as careful programs do: what was not answered, or with 5xx, is sent again, under one Idempotency-Key;
 * a token that has expired is asked for anew. Remembers nothing itself.
 */
export class PatientClients {
  readonly #url: string;
  readonly #journal: Journal;
  readonly #tokens = new Map<string, Promise<Client>>();

  constructor(url: string, journal: Journal) {
    this.#url = url;
    this.#journal = journal;
  }

  /** The answer at last, or `undefined` where it was given up: at the first failure if the caller is not patient. */
  async send(
    who: Who,
    method: string,
    path: string,
    body?: unknown,
    options: { readonly headers?: Record<string, string>; readonly impatient?: boolean } = {},
  ): Promise<Answer | undefined> {
    const deadline = Date.now() + patienceMilliseconds;
    for (;;) {
      const answer = await this.#attempt(who, method, path, body, options.headers);
      if (answer?.status === 401) {
        this.#tokens.delete(keyOf(who));
        continue;
      }
      if (answer !== undefined && answer.status < 500) return answer;
      this.#journal.unanswered += 1;
      if (answer?.status === 500) this.#journal.count(`500 ${method} ${path}`);
      if (options.impatient === true) return undefined;
      if (Date.now() > deadline) throw new Error(`${method} ${path} was never answered`);
      await pause(100);
    }
  }

  async #attempt(
    who: Who,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> | undefined,
  ): Promise<Answer | undefined> {
    try {
      const key = keyOf(who);
      const known =
        this.#tokens.get(key) ??
        client(this.#url, who.organisation, [who.role], who.subject ?? who.organisation);
      this.#tokens.set(key, known);
      known.catch(() => this.#tokens.delete(key));
      return await (await known).call(method, path, body, headers);
    } catch {
      return undefined;
    }
  }
}

const keyOf = ({ organisation, role, subject }: Who): string => `${organisation} ${role} ${subject ?? ''}`;
