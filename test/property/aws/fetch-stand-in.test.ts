import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Headers as OurHeaders } from '../../../infra/aws/stand-ins/fetch/headers.ts';
import {
  Request as OurRequest,
  Response as OurResponse,
} from '../../../infra/aws/stand-ins/fetch/messages.ts';
import { runs } from '../../support/runs.ts';

/** What a call comes to, or the kind of error that it ends in: words of errors differ, kinds may not. */
function outcome<T>(call: () => T): T | { readonly threw: string } {
  try {
    return call();
  } catch (error) {
    return { threw: error instanceof Error ? error.constructor.name : 'something else' };
  }
}

const name = fc.oneof(
  fc.constantFrom('Accept', 'accept', 'Set-Cookie', 'set-cookie', 'X-a', 'x-A', 'ETag', 'content-type', ''),
  fc.string({ maxLength: 4 }),
);
const value = fc.oneof(
  fc.constantFrom('', 'a', ' a\t', 'a, b', 'é', 'ÿ', 'Ā', '\u00a0', 'a\r\nb', '\r\n a', 'a\0', '\ud800'),
  fc.string({ maxLength: 6 }),
);
const step = fc.oneof(
  fc.record({ does: fc.constantFrom('append' as const, 'set' as const), name, value }),
  fc.record({ does: fc.constantFrom('delete' as const, 'get' as const, 'has' as const), name }),
);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 4 });
const init = fc.oneof(
  pairs,
  pairs.map((each) => Object.fromEntries(each)),
);

/** All that can be seen of headers. */
const seen = (headers: OurHeaders | Headers) => {
  const visited: [string, string][] = [];
  headers.forEach((each: string, of: string) => {
    visited.push([of, each]);
  });
  return { all: [...headers], visited, cookies: headers.getSetCookie(), keys: [...headers.keys()] };
};

const text = async (message: { text(): Promise<string> }) => message.text().catch((error: unknown) => error);

describe('what the bundles have in place of Node’s fetch', () => {
  it('has headers like Node’s, whatever is done to them', () => {
    fc.assert(
      fc.property(init, fc.array(step, { maxLength: 8 }), (first, steps) => {
        const ours = outcome(() => new OurHeaders(first));
        const theirs = outcome(() => new Headers(first));
        if (!(ours instanceof OurHeaders) || !(theirs instanceof Headers)) {
          expect(ours).toEqual(theirs);
          return;
        }
        for (const each of steps) {
          const apply = (headers: OurHeaders | Headers) =>
            outcome(() => {
              if ('value' in each) {
                headers[each.does](each.name, each.value);
                return undefined;
              }
              return headers[each.does](each.name);
            });
          expect(apply(ours)).toEqual(apply(theirs));
        }
        expect(seen(ours)).toEqual(seen(theirs));
        expect(seen(new OurHeaders(ours))).toEqual(seen(new Headers(theirs)));
      }),
      { numRuns: runs(400) },
    );
  });

  it('has requests like Node’s', async () => {
    const method = fc.constantFrom(
      'GET',
      'get',
      'Head',
      'POST',
      'PATCH',
      'put',
      'DELETE',
      'options',
      'trace',
    );
    const url = fc.constantFrom(
      ...[
        'https://api/v1/offers?a=1&a=2',
        'https://api/%7e/../é?ü',
        'https://u:p@api/',
        'nothing',
        'https://api',
      ],
    );
    const body = fc.option(fc.oneof(fc.string(), fc.uint8Array()), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(url, method, init, body, async (at, by, headers, sent) => {
        const make = <T>(Made: new (url: string, init: RequestInit & { headers: never }) => T) =>
          outcome(
            () =>
              new Made(at, {
                method: by,
                headers: headers as never,
                ...(sent === undefined ? {} : { body: sent as never }),
              }),
          );
        const ours = make(OurRequest as never) as OurRequest;
        const theirs = make(Request as never) as Request;
        if ('threw' in theirs) {
          expect(ours).toEqual(theirs);
          return;
        }
        expect({ url: ours.url, method: ours.method, ...seen(ours.headers) }).toEqual({
          ...{ url: theirs.url, method: theirs.method, ...seen(theirs.headers) },
        });
        expect(ours.body === null).toBe(theirs.body === null);
        expect(await text(ours)).toEqual(await text(theirs));
        expect(ours.bodyUsed).toBe(theirs.bodyUsed);
        if (theirs.body !== null) expect(await text(ours)).toBeInstanceOf(TypeError);
      }),
      { numRuns: runs(150) },
    );
  });

  it('has responses like Node’s, also made of one another', async () => {
    const status = fc.constantFrom(200, 201, 204, 304, 401, 599, 199, 600);
    const body = fc.option(fc.oneof(fc.string(), fc.uint8Array()), { nil: null });
    await fc.assert(
      fc.asyncProperty(status, init, body, async (of, headers, sent) => {
        const ours = outcome(() => new OurResponse(sent, { status: of, headers }));
        const theirs = outcome(() => new Response(sent as never, { status: of, headers }));
        if (!(ours instanceof OurResponse) || !(theirs instanceof Response)) {
          // Of two faults, either may be told of.
          expect([ours, theirs]).toEqual([ours, theirs].map(() => ({ threw: expect.any(String) as string })));
          return;
        }
        // As Hono does for HEAD, and where a handler's answer takes the place of another.
        const again = [new OurResponse(ours.body, ours), new Response(theirs.body, theirs)] as const;
        for (const [our, their] of [
          again,
          [new OurResponse(null, ours), new Response(null, theirs)] as const,
        ]) {
          const parts = ({ status: code, statusText, ok }: OurResponse | Response) => ({
            code,
            statusText,
            ok,
          });
          expect({ ...parts(our), ...seen(our.headers) }).toEqual({
            ...parts(their),
            ...seen(their.headers),
          });
          expect(new Uint8Array(await our.arrayBuffer())).toEqual(new Uint8Array(await their.arrayBuffer()));
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('reads a body in parts, once, as the API does', async () => {
    const parts = async (body: unknown) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };
    for (const sent of ['', '{"a":"é"}']) {
      const [ours, theirs] = [OurRequest, Request].map(
        (Made) => new Made('https://api/', { method: 'POST', body: Buffer.from(sent) }),
      );
      expect(await parts(ours?.body)).toBe(sent);
      expect(await parts(theirs?.body)).toBe(sent);
      await expect(ours?.text()).rejects.toThrow(TypeError);
    }
  });
});
