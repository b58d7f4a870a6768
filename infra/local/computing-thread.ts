import { parentPort } from 'node:worker_threads';
import { computations } from '../../functions/api/computing.ts';
import type { Computed, ToCompute } from './thread-computing.ts';

/** The other end of `thread-computing.ts`: computes one thing after the other. */
const port = parentPort;
if (port === null) throw new Error('this is a thread of the marketplace, not a program');

const compute = ({ what, data }: ToCompute): Computed => {
  try {
    const computation = computations[what] as (...given: unknown[]) => unknown;
    return { value: computation(...data) };
  } catch (error) {
    // As text: what is thrown may hold anything, and not all of that can be sent.
    return { threw: error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error) };
  }
};

port.on('message', (asked: ToCompute) => {
  port.postMessage(compute(asked));
});
