import { AwsV4Signer } from 'aws4fetch';
import { sha256 } from '../../kernel/digest.ts';
import type { Clock } from '../../kernel/time.ts';
import type { ObjectStore } from './object-store.ts';

/** Whoever signs. Lambda's own come with a session token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface S3Options {
  /** Of the bucket itself: `https://<bucket>.s3.<region>.amazonaws.com`. */
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: () => Credentials;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** In [0, 1): jitter between tries. */
  readonly random: () => number;
}

const attempts = 5;
/**
 * A try that hangs is as good as one that failed; but the proof of a million orders has 430 MB, and a slow line carries
 * two a second.
 */
const patienceFor = (bytes: number): number => 10_000 + Math.ceil(bytes / 2000);

/**
 * Objects in an S3 bucket, by plain HTTP, signed by aws4fetch: the SDK's client for two calls weighs 166 KB in a
 * bundle that starts cold. Throttles, 5xx and broken connections are tried again; both calls may be repeated harmlessly.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #options: S3Options;

  constructor(options: S3Options) {
    this.#options = options;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const response = await this.#send('PUT', key, bytes);
    if (!response.ok) throw refusal('put', key, response.status);
  }

  /** Needs permission to list the bucket: without it S3 answers 403 where nothing lies, which throws. */
  async get(key: string): Promise<Uint8Array | undefined> {
    const response = await this.#send('GET', key);
    if (response.status === 404) return undefined;
    if (!response.ok) throw refusal('get', key, response.status);
    return response.bytes;
  }

  /** Where a client may fetch the object by itself for so many seconds: answers of a Lambda end at 6 MB. */
  async temporaryUrl(key: string, seconds: number): Promise<URL> {
    const url = this.#urlOf(key);
    url.searchParams.set('X-Amz-Expires', String(seconds));
    return (await this.#signer({ method: 'GET', url: url.href, signQuery: true }).sign()).url;
  }

  async linkTo(key: string): Promise<string> {
    return (await this.temporaryUrl(key, 300)).href;
  }

  async #send(method: 'GET' | 'PUT', key: string, body: Uint8Array = new Uint8Array()) {
    const url = this.#urlOf(key);
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt === attempts;
      const given = new AbortController();
      let answered = false;
      // Where `fetch` answers when all has been read, as that of the Lambdas does, a large object needs a longer try.
      const patience = AbortSignal.timeout(patienceFor(body.length) * 2 ** (attempt - 1));
      patience.addEventListener('abort', () => {
        if (!answered) given.abort(patience.reason);
      });
      try {
        const signed = await this.#signer({
          method,
          url: url.href,
          headers: { 'X-Amz-Content-Sha256': sha256(body) },
        }).sign();
        const response = await this.#options.fetch(url, {
          method,
          headers: signed.headers,
          ...(method === 'PUT' ? { body: Buffer.from(body) } : {}),
          signal: given.signal,
        });
        answered = true;
        const rest = AbortSignal.timeout(patienceFor(Number(response.headers.get('content-length') ?? 0)));
        rest.addEventListener('abort', () => {
          given.abort(rest.reason);
        });
        const bytes = await response.bytes();
        const transient = response.status >= 500 || response.status === 429;
        if (!transient || last) return { ok: response.ok, status: response.status, bytes };
      } catch (error) {
        if (last) throw error;
      }
      await this.#options.pause(this.#options.random() * Math.min(2000, 50 * 2 ** attempt));
    }
  }

  #urlOf(key: string): URL {
    const bucket = this.#options.endpoint.href.replace(/\/$/, '');
    return new URL(`${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`);
  }

  #signer(request: { method: string; url: string; headers?: Record<string, string>; signQuery?: boolean }) {
    const { credentials, region, clock } = this.#options;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials();
    return new AwsV4Signer({
      ...request,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      region,
      service: 's3',
      datetime: clock().replace(/[-:]|\.\d{3}/g, ''),
    });
  }
}

const refusal = (call: string, key: string, status: number): Error => {
  const error = new Error(`S3 refused to ${call} ${key}: ${status}`);
  error.name = status >= 500 || status === 429 ? 'StoreUnavailable' : 'StoreRefused';
  return error;
};
