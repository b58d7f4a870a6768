import * as z from 'zod';
import { sumOf } from '../kernel/arithmetic.ts';
import { decimalCodec, trimDecimal } from '../kernel/decimal.ts';
import { generatedIdSchema } from '../kernel/ids.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf, quarterFromNumber, quarterNumber, quarterSchema } from '../kernel/quarter.ts';
import { dateOf, dateSchema } from '../kernel/time.ts';
import type { AssessmentInputs } from './assessment-inputs.ts';

export const expiringSchema = z.strictObject({
  /** Certificates that contracts rely on, of which some quarter of the window begins after they end. */
  certificates: z.array(
    z.strictObject({
      certificate: generatedIdSchema('certificate'),
      validTo: dateSchema,
      contracts: z.array(generatedIdSchema('contract')),
      /** Contracted for the window's quarters that begin after it ends. */
      quantity: decimalCodec,
    }),
  ),
  /** Contracts whose last quarter lies in the window. */
  contracts: z.array(
    z.strictObject({
      contract: generatedIdSchema('contract'),
      lastQuarter: quarterSchema,
      /** In that quarter: what has to be bought anew from then on. */
      quantity: decimalCodec,
    }),
  ),
  /** Floors that end within the window. */
  floors: z.array(z.strictObject({ floor: generatedIdSchema('floor'), effectiveTo: dateSchema })),
});
export type Expiring = z.output<typeof expiringSchema>;

/** What ends within the window: certificates relied on, contracts, floors. The soonest first. */
export function expiring({ at, contracts, floors }: AssessmentInputs, window: readonly Quarter[]): Expiring {
  const open = contracts.filter(({ isOver }) => !isOver);
  const relied = open.flatMap((contract) =>
    contract.certificates.flatMap(({ id, validTo }) => {
      const after = contract.quarters.filter(
        ({ quarter, quantity }) =>
          window.includes(quarter) && quantity.units > 0n && firstDayOf(quarter) > validTo,
      );
      return after.length === 0
        ? []
        : [
            {
              id,
              validTo,
              contract: contract.contract,
              quantity: sumOf(after.map(({ quantity }) => quantity)),
            },
          ];
    }),
  );
  const end = firstDayOf(quarterFromNumber(quarterNumber(window.at(-1)!) + 1));
  return {
    certificates: [...Map.groupBy(relied, ({ id }) => id)]
      .map(([certificate, of]) => ({
        certificate,
        validTo: of[0]!.validTo,
        contracts: of.map(({ contract }) => contract).sort(),
        quantity: trimDecimal(sumOf(of.map(({ quantity }) => quantity))),
      }))
      .sort((a, b) => order(a.validTo, b.validTo) || order(a.certificate, b.certificate)),
    contracts: open
      .flatMap(({ contract, quarters }) => {
        const last = quarters
          .filter(({ quantity }) => quantity.units > 0n)
          .reduce<(typeof quarters)[number] | undefined>(
            (latest, each) => (latest === undefined || each.quarter > latest.quarter ? each : latest),
            undefined,
          );
        return last !== undefined && window.includes(last.quarter)
          ? [{ contract, lastQuarter: last.quarter, quantity: last.quantity }]
          : [];
      })
      .sort((a, b) => order(a.lastQuarter, b.lastQuarter) || order(a.contract, b.contract)),
    floors: floors
      .flatMap(({ floor, effectiveTo }) =>
        effectiveTo !== undefined && effectiveTo >= dateOf(at) && effectiveTo < end
          ? [{ floor, effectiveTo }]
          : [],
      )
      .sort((a, b) => order(a.effectiveTo, b.effectiveTo) || order(a.floor, b.floor)),
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
