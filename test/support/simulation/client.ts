import type { Caller } from '../../../shared/reference/caller.ts';
import type { Answer } from '../api.ts';

export type Request = readonly [
  who: Caller,
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];
type Send = (step: string, ...request: Request) => Promise<Answer | undefined>;

/** Numbers its steps: a step has one Idempotency-Key and makes the same ids, whenever it is sent. */
export class SimulatedClient {
  readonly #name: string;
  readonly #send: Send;
  #steps = 0;

  constructor(name: string, send: Send) {
    this.#name = name;
    this.#send = send;
  }

  /** The answer at last. @throws where it never came. */
  async call(...request: Request): Promise<Answer> {
    this.#steps += 1;
    const step = `${this.#name} ${this.#steps}`;
    const answer = await this.#send(step, ...request);
    if (answer === undefined) throw new Error(`${step}: ${request[1]} ${request[2]} was never answered`);
    return answer;
  }

  /** An answer that must be a success. */
  async done(...request: Request): Promise<Answer> {
    const answer = await this.call(...request);
    if (answer.status >= 300)
      throw new Error(`${request[1]} ${request[2]}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}
