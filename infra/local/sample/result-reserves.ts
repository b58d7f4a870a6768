import * as z from 'zod';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, decimalCodec } from '../../../shared/kernel/decimal.ts';
import type { Participant } from './client.ts';
import { zoneId } from './partners.ts';

/** How long the stockpiles last, and what people are warned of, as an auditor reads it from the API. */
export interface ReservesResult {
  readonly cover: readonly CoverLine[];
  /** Open ones, the most severe first. */
  readonly alerts: readonly AlertLine[];
}

export interface CoverLine {
  readonly stockpile: string;
  readonly name: string;
  readonly product: string;
  readonly unit: string;
  readonly available: Decimal;
  readonly days: Decimal | null;
  readonly targetDays: Decimal | null;
  readonly deficit: Decimal;
}

export interface AlertLine {
  readonly id: string;
  readonly kind: string;
  readonly product: string;
  /** Null: the market as a whole. */
  readonly zone: string | null;
  readonly level: number;
  readonly severity: Decimal;
  readonly status: string;
  /** What it is about: a disruption's title, a stockpile's name. */
  readonly about: string;
  /** The day on which it comes about. */
  readonly on: string | null;
}

const zoneCovers = z.object({
  products: z.array(
    z.object({
      product: z.string(),
      unit: z.string(),
      cover: z.array(
        z.object({
          stockpile: z.string(),
          available: decimalCodec,
          days: decimalCodec.nullable(),
          targetDays: decimalCodec.nullable(),
          deficit: decimalCodec,
        }),
      ),
    }),
  ),
});
const alertViews = z.array(
  z.object({
    id: z.string(),
    cause: z.object({
      kind: z.string(),
      product: z.string(),
      zone: z.string().nullable(),
      subject: z.string(),
    }),
    title: z.string(),
    level: z.int(),
    severity: decimalCodec,
    status: z.string(),
    figures: z.object({ on: z.string().optional() }),
  }),
);
const names = z.array(z.object({ id: z.string(), name: z.string() }));
const titles = z.array(z.object({ id: z.string(), title: z.string() }));

export async function reservesResult(auditor: Participant): Promise<ReservesResult> {
  const stockpiles = names.parse(await auditor.list('/v1/stockpiles'));
  const disruptions = titles.parse(await auditor.list('/v1/disruptions'));
  const about = new Map([
    ...stockpiles.map(({ id, name }) => [id, name.replace(/ \(invented\)$/, '')] as const),
    ...disruptions.map(({ id, title }) => [id, title] as const),
  ]);
  const { products } = zoneCovers.parse(await auditor.get(`/v1/zones/${zoneId}/cover`));
  const alerts = alertViews.parse(await auditor.list('/v1/alerts'));
  return {
    cover: products.flatMap(({ product, unit, cover }) =>
      cover.map(({ stockpile, ...rest }) => ({
        ...{ stockpile, name: about.get(stockpile) ?? stockpile, product, unit },
        ...rest,
      })),
    ),
    alerts: alerts
      .filter(({ status }) => status !== 'resolved')
      .map(({ cause: { kind, product, zone, subject }, figures, title, ...rest }) => ({
        ...{ id: rest.id, kind, product, zone, level: rest.level, severity: rest.severity },
        ...{
          status: rest.status,
          about: about.get(subject) ?? (subject === zone ? 'stockpiles together' : title),
          on: figures.on ?? null,
        },
      }))
      .sort(
        (a, b) =>
          b.level - a.level ||
          compareDecimal(b.severity, a.severity) ||
          (`${a.product} ${a.about}` < `${b.product} ${b.about}` ? -1 : 1),
      ),
  };
}
