import * as z from 'zod';
import { sumOf } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec, trimDecimal } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { unitSchema } from '../kernel/unit.ts';
import type { ExchangeAgreement } from './exchange.ts';
import { exceeds } from './concentration.ts';

/** What one zone is about to buy for its stockpiles of a product. */
export interface BuildUp {
  readonly zone: string;
  /** Open bids of its stockpiles, and what is on its way to them. */
  readonly buying: Decimal;
  /** Planned in the four quarters from the present one on. */
  readonly consumption: Decimal | null;
}

/**
 * Two partners build up stocks of one product at the same time: together they may cause the shortage that they fear
 * (the Centre for Economic Transition Expertise's point about simultaneous stockpiling). It says that they do, not how
 * much each does.
 */
export const pacingWarningSchema = z
  .strictObject({
    agreement: generatedIdSchema('exchange'),
    product: nameIdSchema,
    zones: z.array(nameIdSchema),
    /** What both plan to consume in the four quarters from the present one on. */
    consumption: decimalCodec,
    unit: unitSchema,
    /** Of which both together are buying more than this share. */
    pacingShare: decimalCodec,
  })
  .meta({ id: 'PacingWarning' });

/** Both are buying, and together more than the agreed share of what both consume. Never without declared consumption. */
export function isTooFast(
  { pacingShare }: Pick<ExchangeAgreement, 'pacingShare'>,
  both: readonly [BuildUp, BuildUp],
): Decimal | undefined {
  const [a, b] = both;
  if (a.consumption === null || b.consumption === null) return undefined;
  if (a.buying.units === 0n || b.buying.units === 0n) return undefined;
  const consumption = trimDecimal(sumOf([a.consumption, b.consumption]));
  return exceeds(sumOf([a.buying, b.buying]), consumption, pacingShare) ? consumption : undefined;
}
