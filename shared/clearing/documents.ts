import * as z from 'zod';
import { countrySchema, generatedIdSchema } from '../kernel/ids.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import type { Outcome } from './clear.ts';
import { SnapshotDigest } from './digest.ts';
import { quarterExplanationSchema } from './explanation.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotSchema } from './snapshot.ts';

/** An exact integer as text. */
const integerCodec = z.codec(z.string().regex(/^-?\d+$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

const heading = { clearing: generatedIdSchema('clearing'), inputDigest: z.string() };

/** What became of each order of a clearing, and the path from it to the digest of what was cleared. */
export const resultDocumentSchema = z.strictObject({
  format: z.literal('lodestone-result-1'),
  ...heading,
  orders: z.record(
    z.string(),
    z.strictObject({ inclusion: z.array(z.string()), quarters: z.array(quarterExplanationSchema) }),
  ),
});
export type ResultDocument = z.output<typeof resultDocumentSchema>;

const ofOffer = { offer: generatedIdSchema('offer') };
const ofBid = { bid: generatedIdSchema('bid') };

/**
 * With the snapshot, all that is needed to check a clearing without its engine: flows in lots; duals in ticks per lot,
 * those that are zero left out; both sides' values in ticks × lots.
 */
export const proofDocumentSchema = z.strictObject({
  format: z.literal('lodestone-proof-1'),
  ...heading,
  quarters: z.array(
    z.strictObject({
      quarter: quarterSchema,
      flows: z.array(z.strictObject({ ...ofOffer, ...ofBid, lots: integerCodec })),
      scarcity: z.array(z.strictObject({ ...ofOffer, ticks: integerCodec })),
      surplus: z.array(z.strictObject({ ...ofBid, ticks: integerCodec })),
      capValue: z.array(z.strictObject({ ...ofBid, origin: countrySchema, ticks: integerCodec })),
      primal: integerCodec,
      dual: integerCodec,
    }),
  ),
});
export type ProofDocument = z.output<typeof proofDocumentSchema>;

/** The documents of an outcome, as JSON values. */
export function documentsOf(
  snapshot: Snapshot,
  outcome: Outcome,
): {
  inputDigest: string;
  result: z.input<typeof resultDocumentSchema>;
  proof: z.input<typeof proofDocumentSchema>;
} {
  const digest = new SnapshotDigest(z.encode(snapshotSchema, snapshot));
  const head = { clearing: snapshot.clearing, inputDigest: digest.root };
  const orders = [...outcome.explanations].map(
    ([id, quarters]): [string, ResultDocument['orders'][string]] => {
      const inclusion = digest.inclusionOf(id);
      if (inclusion === undefined) throw new Error(`${id} is explained, but is not in the snapshot`);
      return [id, { inclusion, quarters: [...quarters] }];
    },
  );
  return {
    inputDigest: digest.root,
    result: z.encode(resultDocumentSchema, {
      format: 'lodestone-result-1',
      ...head,
      orders: Object.fromEntries(orders),
    }),
    proof: z.encode(proofDocumentSchema, {
      format: 'lodestone-proof-1',
      ...head,
      quarters: outcome.proof.map((quarter) => ({
        ...quarter,
        flows: [...quarter.flows],
        scarcity: [...quarter.scarcity],
        surplus: [...quarter.surplus],
        capValue: [...quarter.capValue],
      })),
    }),
  };
}
