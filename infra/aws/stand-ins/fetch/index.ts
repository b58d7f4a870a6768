/**
 * In place of Node's own in the bundles. Node loads the whole of undici (36 ms, more than an empty process takes) when the
 * first of these is touched, and a Lambda that is called by an event and calls AWS needs no more than this of it.
 */
export { fetch } from './fetch.ts';
export { Headers } from './headers.ts';
export { Request, Response } from './messages.ts';
