import type { BodyInit } from './body.ts';
import { Body } from './body.ts';
import type { HeadersInit } from './headers.ts';
import { Headers } from './headers.ts';

interface Init {
  readonly headers?: HeadersInit | undefined;
  readonly body?: BodyInit | null | undefined;
}

/** Text is `text/plain` unless it is said to be something else. */
function headersOf({ headers, body }: Init): Headers {
  const all = new Headers(headers);
  if (typeof body === 'string' && !all.has('content-type'))
    all.set('content-type', 'text/plain;charset=UTF-8');
  return all;
}

const ordinary = /^(delete|get|head|options|post|put)$/i;
const refused = /^(connect|trace|track)$/i;

/** `Request` of the Fetch standard, as far as a server reads one. Errors: TypeError. */
export class Request extends Body {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;

  constructor(url: string | URL, init: Init & { readonly method?: string } = {}) {
    const { method = 'GET', body } = init;
    const { href, username, password } = new URL(url);
    super(body);
    if (username !== '' || password !== '') throw new TypeError('a URL with credentials');
    if (refused.test(method)) throw new TypeError(`${method} is not taken`);
    this.url = href;
    this.method = ordinary.test(method) ? method.toUpperCase() : method;
    if (this.body !== null && /^(GET|HEAD)$/.test(this.method)) throw new TypeError(`${method} has no body`);
    this.headers = headersOf(init);
  }
}

/** `Response` of the Fetch standard. Errors: RangeError for what is no status, TypeError for a body where there is none. */
export class Response extends Body {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;

  constructor(
    body?: BodyInit | null,
    {
      status = 200,
      statusText = '',
      headers,
    }: { readonly status?: number; readonly statusText?: string; readonly headers?: HeadersInit } = {},
  ) {
    super(body);
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new RangeError(`${status} is no status`);
    if (this.body !== null && [204, 205, 304].includes(status)) throw new TypeError(`${status} has no body`);
    this.status = status;
    this.statusText = statusText;
    this.headers = headersOf({ headers, body });
  }

  get ok(): boolean {
    return this.status < 300;
  }
}
