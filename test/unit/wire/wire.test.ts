import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { problemCodes } from '../../../shared/kernel/problem.ts';
import { deliverySchema } from '../../../shared/orders/delivery.ts';
import { decodeCursor, encodeCursor } from '../../../shared/wire/cursor.ts';
import { etagOf, matchesNone, parseIfMatch } from '../../../shared/wire/etag.ts';
import { fieldErrors, pointerOf } from '../../../shared/wire/issues.ts';
import { problemDetails, problemTable } from '../../../shared/wire/problem-details.ts';
import { problemDetailsSchema } from '../../../shared/wire/problem-schema.ts';

describe('problem details', () => {
  it('give every code an error status and a title, and name the request', () => {
    expect(Object.keys(problemTable).toSorted()).toEqual([...problemCodes].toSorted());
    for (const { status, title } of Object.values(problemTable)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title).not.toBe('');
    }
    const details = problemDetails({ code: 'not_found', detail: 'Nothing.' }, 'req_1');
    expect(problemDetailsSchema.parse(details)).toMatchObject({
      type: 'https://lodestone.example/problems/not_found',
      instance: 'urn:lodestone:request:req_1',
      status: 404,
    });
  });
});

describe('cursors', () => {
  const binding = { operation: 'listOffers', organisation: 'a', roles: ['buyer'], filters: { x: '1' } };
  it('carry any position, and nothing but for their own list', () => {
    for (const position of ['off_1', 'ä|#/?', 'x'.repeat(200)])
      expect(decodeCursor(binding, encodeCursor(binding, position))).toEqual({ ok: true, value: position });
    const cursor = encodeCursor(binding, 'off_1');
    for (const other of [
      { ...binding, operation: 'listBids' },
      { ...binding, organisation: 'b' },
      { ...binding, roles: [] },
      { ...binding, filters: {} },
    ])
      expect(decodeCursor(other, cursor).ok).toBe(false);
    for (const text of ['', 'off_1', '%', `${cursor}x`, 'A'.repeat(601)])
      expect(decodeCursor(binding, text).ok).toBe(false);
  });

  it('hold whatever the order of the roles', () => {
    const two = { ...binding, roles: ['buyer', 'auditor'] };
    const cursor = encodeCursor(two, 'p');
    expect(decodeCursor({ ...two, roles: ['auditor', 'buyer'] }, cursor).ok).toBe(true);
  });
});

describe('entity tags', () => {
  it('compare strongly in If-Match, weakly in If-None-Match', () => {
    expect(parseIfMatch('*')).toEqual({ ok: true, value: 'any' });
    expect(parseIfMatch(' "1" , W/"2","3", "x"')).toEqual({ ok: true, value: [1, 3] });
    for (const header of ['1', '"1" "2"', '', '"1",', "'1'"])
      expect(parseIfMatch(header), header).toMatchObject({ problem: { code: 'malformed_request' } });
    expect(etagOf(7)).toBe('"7"');
    expect(matchesNone('"6", W/"7"', '"7"')).toBe(false);
    expect(matchesNone('"6"', '"7"')).toBe(true);
    expect(matchesNone('*', '"7"')).toBe(false);
  });
});

describe('field errors', () => {
  const errorsOf = (schema: z.ZodType, value: unknown) => {
    const parsed = schema.safeParse(value, { reportInput: true });
    return parsed.success ? [] : fieldErrors(parsed.error.issues).map(({ pointer, code }) => [pointer, code]);
  };

  it('point as RFC 6901 says', () => {
    expect(pointerOf(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0');
    expect(pointerOf([])).toBe('');
  });

  it('are those of the branch that a delivery was meant for', () => {
    const quantity = { amount: '1', unit: 'kg' };
    expect(errorsOf(deliverySchema, { schedule: [{ quarter: '2027-Q5', quantity }] })).toEqual([
      ['/schedule/0/quarter', 'invalid_format'],
    ]);
    expect(errorsOf(deliverySchema, { from: '2027-Q1', quantityPerQuarter: quantity })).toEqual([
      ['/to', 'required'],
    ]);
    expect(
      errorsOf(deliverySchema, {
        from: '2027-Q1',
        to: '2027-Q2',
        quantityPerQuarter: { amount: '0', unit: 'kg' },
      }),
    ).toEqual([['/quantityPerQuarter/amount', 'invalid_value']]);
    expect(
      errorsOf(deliverySchema, { from: '2027-Q2', to: '2027-Q1', quantityPerQuarter: quantity }),
    ).toEqual([['/to', 'invalid_value']]);
    expect(errorsOf(deliverySchema, 'soon')).toEqual([['', 'invalid_type']]);
  });

  it('are not more than fifty, and do not repeat what was sent', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`field${n}`, 1]));
    expect(errorsOf(z.strictObject({}), many)).toHaveLength(50);
    const parsed = z.strictObject({ a: z.enum(['x']) }).safeParse({ a: 'secret' }, { reportInput: true });
    expect(JSON.stringify(fieldErrors(parsed.error?.issues ?? []))).not.toContain('secret');
  });
});
