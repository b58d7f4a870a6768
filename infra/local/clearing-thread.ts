import { parentPort } from 'node:worker_threads';
import type { DecidedRun } from '../../functions/clearing/decider.ts';
import { deciderHere } from '../../functions/clearing/decider.ts';
import { Unclearable } from '../../functions/clearing/unclearable.ts';
import { clearAndDocument } from '../../shared/clearing/documents/documents.ts';
import type { Ask, Told } from './decider-thread.ts';

/** The other end of `decider-thread.ts`: decides one run after the other, and keeps what is asked for bit by bit. */
const decide = deciderHere(clearAndDocument);
const decided = new Map<number, DecidedRun>();
const port = parentPort;
if (port === null) throw new Error('this is a thread of the marketplace, not a program');

const held = (of: number): DecidedRun => {
  const run = decided.get(of);
  if (run === undefined) throw new Error('this run has ended');
  return run;
};

async function answerTo(ask: Ask): Promise<{ readonly value: unknown; readonly hands?: ArrayBuffer[] }> {
  switch (ask.for) {
    case 'decision': {
      const run = await decide(ask.undecided);
      decided.set(ask.id, run);
      return { value: { chunks: run.chunks, finding: run.finding, measured: run.measured } };
    }
    case 'proof':
    case 'disclosed': {
      const document = await held(ask.of)[ask.for]();
      return { value: document, hands: [document].flatMap(handedOver) };
    }
    case 'shards': {
      const shards = await held(ask.of).nextShards(ask.most);
      return { value: shards, hands: shards.flatMap(handedOver) };
    }
    case 'end':
      decided.delete(ask.of);
      return { value: undefined };
  }
}

/** What lies alone in its memory need not be copied. */
const handedOver = ({ buffer, byteLength }: Uint8Array): ArrayBuffer[] =>
  buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];

port.on('message', (ask: Ask) => {
  void answerTo(ask).then(
    ({ value, hands = [] }) => {
      port.postMessage({ id: ask.id, value } satisfies Told, hands);
    },
    (error: unknown) => {
      const [reason, cause] = error instanceof Unclearable ? [error.reason, error.cause] : [undefined, error];
      // As text: what is thrown may hold anything, and not all of that can be sent.
      const why = cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause);
      port.postMessage({ id: ask.id, failed: { reason, why } } satisfies Told);
    },
  );
});
