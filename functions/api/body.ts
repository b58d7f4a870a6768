import type { Problem } from '../../shared/kernel/problem.ts';
import { problem } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import { repeatedName } from './repeated-name.ts';

/** Largest body taken: room for a floor with 2,000 duties, and for nothing that would keep the function busy. */
export const maximumBodyBytes = 256 * 1024;

const jsonTypes = /^application\/(json|merge-patch\+json)\s*(;\s*charset="?utf-8"?\s*)?$/i;

const csvTypes = /^text\/csv\s*(;\s*(charset="?utf-8"?|header=present)\s*)*$/i;

/**
 * The body as JSON; `undefined` where there is none. With `fromCsv`, text/csv is taken as well. Errors:
 * unsupported_media_type (a Content-Encoding, too), body_too_large, malformed_request (cut off, not UTF-8, not JSON or CSV,
 * with text that is not Unicode, or with a field that is given twice).
 */
export async function readJson(
  request: Request,
  fromCsv?: (text: string) => Result<unknown>,
): Promise<Result<unknown>> {
  const bytes = await readBytes(request);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0) return ok(undefined);
  // RFC 9110, 8.4: what is coded otherwise than is understood would be read as something else.
  const coding = request.headers.get('content-encoding')?.trim() ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    return fail(problem('unsupported_media_type', 'Send the body as it is, without a Content-Encoding.'));
  const type = request.headers.get('content-type')?.trim() ?? '';
  const isCsv = fromCsv !== undefined && csvTypes.test(type);
  if (!isCsv && !jsonTypes.test(type))
    return fail(
      problem(
        'unsupported_media_type',
        `Send the body as application/json${fromCsv === undefined ? '' : ' or text/csv'} in UTF-8.`,
      ),
    );
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.value);
    if (isCsv) return fromCsv(text);
    const value: unknown = JSON.parse(text);
    if (!isUnicode(value)) return malformed;
    const repeated = repeatedName(text);
    return repeated === undefined ? ok(value) : fail(repetition(repeated));
  } catch {
    return malformed;
  }
}

const repetition = (pointer: string): Problem =>
  problem('malformed_request', 'A field is given twice.', [
    { pointer: pointer.slice(0, 500), code: 'repeated_field', detail: 'There is one of this name already.' },
  ]);

const malformed = fail(problem('malformed_request', 'The body is not JSON in UTF-8.'));

async function readBytes(request: Request): Promise<Result<Uint8Array>> {
  const tooLarge = fail(problem('body_too_large', `A body has at most ${maximumBodyBytes} bytes.`));
  if (Number(request.headers.get('content-length') ?? 0) > maximumBodyBytes) return tooLarge;
  if (request.body === null) return ok(new Uint8Array());
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maximumBodyBytes) return tooLarge;
      chunks.push(chunk);
    }
  } catch {
    // Whoever sent it went away: no fault of the store, as which a connection that is reset would be taken further up.
    return fail(problem('malformed_request', 'The body ended before it was whole.'));
  }
  return ok(Buffer.concat(chunks, length));
}

/** No lone surrogates (an escape such as "\ud800"): no store takes them. Walks without recursion. */
function isUnicode(root: unknown): boolean {
  const waiting = [root];
  for (let value = waiting.pop(); value !== undefined || waiting.length > 0; value = waiting.pop()) {
    if (typeof value === 'string' && !value.isWellFormed()) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!name.isWellFormed()) return false;
      waiting.push(inner);
    }
  }
  return true;
}
