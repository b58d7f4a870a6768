import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { ok } from '../../kernel/result.ts';
import { instantSchema } from '../../kernel/time.ts';
import type { Act } from '../table/act.ts';
import { doesNotExist } from '../table/condition.ts';
import { perform } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

/** Who read which publications of a zone, when, under which agreement. */
export const exchangeReadSchema = z
  .strictObject({
    id: generatedIdSchema('event'),
    at: instantSchema,
    zone: nameIdSchema,
    product: nameIdSchema,
    organisation: nameIdSchema,
    subject: z.string(),
    /** None where an auditor read, or the zone's own authority. */
    agreement: generatedIdSchema('exchange').nullable(),
    publications: z.array(generatedIdSchema('publication')),
  })
  .meta({ id: 'ExchangeRead' });
export type ExchangeRead = z.output<typeof exchangeReadSchema>;

/** Writes down that somebody reads; what cannot be written down is not read. */
export async function recordRead(
  table: Table,
  act: Act,
  read: Pick<ExchangeRead, 'zone' | 'product' | 'agreement' | 'publications'>,
): Promise<void> {
  const { at, organisation, subject } = act;
  const written = await perform(table, () => {
    const record: ExchangeRead = { ...read, id: act.newId('event'), at, organisation, subject };
    const put = {
      ...keys.exchangeRead(read.zone, at, record.id),
      type: 'exchange read',
      body: z.encode(exchangeReadSchema, record),
    };
    return Promise.resolve(
      ok({ actions: [{ name: 'exchangeRead', put, conditions: [doesNotExist] }], value: undefined }),
    );
  });
  if (!written.ok) throw new Error(`a read could not be written down: ${written.problem.detail}`);
}

/** A zone's reads, oldest first; positions are an instant and an id. */
export async function listReads(table: Table, zone: string, page: PageRequest): Promise<Page<ExchangeRead>> {
  const { pk } = keys.exchangeRead(zone, '', '');
  const items = await table.query(pk, {
    limit: page.limit + 1,
    ...(page.after === undefined ? {} : { after: page.after }),
  });
  const shown = items.slice(0, page.limit);
  return {
    items: shown.map((item) => readBody(exchangeReadSchema, item)),
    next: items.length > shown.length ? String(shown.at(-1)?.['sk']) : null,
  };
}
