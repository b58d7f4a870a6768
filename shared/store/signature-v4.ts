import { createHmac } from 'node:crypto';
import { sha256 } from '../kernel/digest.ts';
import type { Instant } from '../kernel/time.ts';

/** Whoever signs. Lambda's own come with a session token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where and when a signature holds. */
export interface SigningScope {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
  readonly at: Instant;
}

export interface RequestToSign {
  readonly method: string;
  /** Path as it is sent, each segment percent-encoded once (S3's own rule). */
  readonly url: URL;
  /** Beside `host`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** 2013-05-24T00:00:00.000Z → 20130524T000000Z */
const basicFormat = (at: Instant): string => at.replace(/[-:]|\.\d{3}/g, '');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The headers to send with a request so that AWS knows who sent it ("Signature Version 4", AWS IAM User Guide). */
export function signedHeaders(request: RequestToSign, scope: SigningScope): Record<string, string> {
  const { sessionToken } = scope.credentials;
  const headers = {
    ...request.headers,
    'x-amz-content-sha256': request.payloadHash,
    'x-amz-date': basicFormat(scope.at),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const { signature, names } = sign({ ...request, headers }, scope);
  const credential = `${scope.credentials.accessKeyId}/${credentialScope(scope)}`;
  return {
    ...headers,
    authorization: `${algorithm} Credential=${credential},SignedHeaders=${names},Signature=${signature}`,
  };
}

/** A URL that whoever holds it may GET for so many seconds (at most seven days, and no longer than the session). */
export function signedUrl(url: URL, seconds: number, scope: SigningScope): URL {
  const { sessionToken, accessKeyId } = scope.credentials;
  const signed = new URL(url);
  const parameters = {
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${accessKeyId}/${credentialScope(scope)}`,
    'X-Amz-Date': basicFormat(scope.at),
    'X-Amz-Expires': String(seconds),
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
    'X-Amz-SignedHeaders': 'host',
  };
  for (const [name, value] of Object.entries(parameters)) signed.searchParams.set(name, value);
  const request = { method: 'GET', url: signed, headers: {}, payloadHash: 'UNSIGNED-PAYLOAD' };
  signed.searchParams.set('X-Amz-Signature', sign(request, scope).signature);
  return signed;
}

const credentialScope = ({ at, region, service }: SigningScope): string =>
  `${basicFormat(at).slice(0, 8)}/${region}/${service}/aws4_request`;

function sign({ method, url, headers, payloadHash }: RequestToSign, scope: SigningScope) {
  const lines = Object.entries({ host: url.host, ...headers }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = lines.map(([name]) => name).join(';');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(value)}`)
    .sort()
    .join('&');
  const canonical = [
    method,
    url.pathname,
    query,
    ...lines.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    names,
    payloadHash,
  ].join('\n');
  const toSign = [algorithm, basicFormat(scope.at), credentialScope(scope), sha256(canonical)].join('\n');
  const key = credentialScope(scope)
    .split('/')
    .reduce<string | Buffer>(hmac, `AWS4${scope.credentials.secretAccessKey}`);
  return { signature: hmac(key, toSign).toString('hex'), names };
}

/** Percent-encodes all but RFC 3986's unreserved characters; `encodeURIComponent` lets five more through. */
export const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
