import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { RequestOptions } from 'node:http';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { isIP } from 'node:net';
import type { TryResult } from '../../shared/risk/subscription.ts';
import { isPublicAddress } from '../../shared/wire/public-address.ts';
import type { AllowedHosts } from '../../shared/wire/webhook-url.ts';
import { hostOf, isAllowedHost, webhookUrlFault } from '../../shared/wire/webhook-url.ts';

/** Sends a message, and says what came of it: the status, or why there is none. Never throws for the other side's fault. */
export type CallWebhook = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<TryResult['result']>;

export interface CallOptions {
  readonly allowedHosts: AllowedHosts;
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMilliseconds: number;
  /** Of an answer, headers and body each: it is not read any further, and never kept. */
  readonly maximumBytes: number;
  readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
}

const callOptions: CallOptions = {
  allowedHosts: new Set(),
  timeoutMilliseconds: 10_000,
  maximumBytes: 16_384,
  resolve: (host) => lookup(host, { all: true }),
};

/**
 * Calls URLs that somebody else has named. The name is resolved once, every address that it has must be public, and the
 * connection goes to one of those that were judged: a name that is resolved anew could have become another (DNS
 * rebinding). Redirects are answers like any other. Connections are not kept.
 */
export const webhookCaller =
  (options: Partial<CallOptions> = {}): CallWebhook =>
  async (text, headers, body) => {
    const settings = { ...callOptions, ...options };
    if (webhookUrlFault(text, settings.allowedHosts) !== undefined) return 'refused-address';
    const url = new URL(text);
    const deadline = AbortSignal.timeout(settings.timeoutMilliseconds);
    const address = await addressOf(url, settings, deadline);
    return typeof address === 'string' ? address : send(url, address, { headers, body }, settings, deadline);
  };

async function addressOf(
  url: URL,
  { allowedHosts, resolve }: CallOptions,
  deadline: AbortSignal,
): Promise<LookupAddress | 'refused-address' | 'unreachable' | 'timeout'> {
  const host = hostOf(url);
  const literal = isIP(host);
  try {
    const found =
      literal === 0
        ? await Promise.race([resolve(host), aborted(deadline)])
        : [{ address: host, family: literal }];
    const [first] = found;
    if (first === undefined) return 'unreachable';
    if (isAllowedHost(url, allowedHosts) || found.every(({ address }) => isPublicAddress(address)))
      return first;
    return 'refused-address';
  } catch {
    return deadline.aborted ? 'timeout' : 'unreachable';
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => {
    signal.addEventListener('abort', () => {
      fail(new Error('too late'));
    });
  });

const send = (
  url: URL,
  pinned: LookupAddress,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  { maximumBytes }: CallOptions,
  deadline: AbortSignal,
): Promise<TryResult['result']> =>
  new Promise((done) => {
    const options: RequestOptions = {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' },
      maxHeaderSize: maximumBytes,
      signal: deadline,
      lookup: (_host, { all }, answer) => {
        if (all === true) answer(null, [pinned]);
        else answer(null, pinned.address, pinned.family);
      },
    };
    const call = (url.protocol === 'http:' ? http : https)(url, options, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maximumBytes) return;
        done('oversized');
        call.destroy();
      });
      response.on('end', () => {
        done(response.statusCode ?? 'unreachable');
      });
      response.on('error', () => {
        done(deadline.aborted ? 'timeout' : 'unreachable');
      });
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      done(deadline.aborted ? 'timeout' : error.code === 'HPE_HEADER_OVERFLOW' ? 'oversized' : 'unreachable');
    });
    call.end(body);
  });
