import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { nounOf } from '../../../shared/store/table/item-versions.ts';

type Stored = Record<string, AttributeValue>;

/** Of items: which attributes, and of the body which fields. Samples of one noun differ in this. */
export const variantOf = (item: Stored): string => [...namesOf(item), ...bodyNamesOf(item)].join(' ');

const namesOf = (item: Stored): string[] => Object.keys(item).sort();
const bodyNamesOf = ({ body }: Stored): string[] => Object.keys(body?.M ?? {}).sort();

/**
 * Where RECORD_SHAPES names a directory, keeps there one stored item of each noun and variant that tests put or read:
 * `test/support/stored-shapes/take.ts` makes the fixtures of them.
 */
export function recordShapes(client: DynamoDBClient): void {
  const { RECORD_SHAPES } = process.env;
  if (RECORD_SHAPES === undefined) return;
  const file = join(RECORD_SHAPES, `${process.pid}-${performance.now()}.ndjson`);
  const seen = new Set<string>();
  const record = (item: Stored | undefined): void => {
    const [pk, sk] = [item?.['pk']?.S, item?.['sk']?.S];
    if (item === undefined || pk === undefined || sk === undefined) return;
    const noun = nounOf({ pk, sk });
    // Keys alone are what an index answers.
    if (noun === undefined || Object.keys(item).every((name) => /^(pk|sk|gsi\d[ps]k)$/.test(name))) return;
    const variant = `${noun} ${variantOf(item)}`;
    if (seen.has(variant)) return;
    seen.add(variant);
    appendFileSync(file, `${JSON.stringify({ noun, item })}\n`);
  };
  client.middlewareStack.add(
    (next) => async (args) => {
      const { TransactItems, Item } = args.input as {
        TransactItems?: { Put?: { Item?: Stored } }[];
        Item?: Stored;
      };
      record(Item);
      for (const each of TransactItems ?? []) record(each.Put?.Item);
      const answer = await next(args);
      const { Items = [], Item: read } = answer.output as { Items?: Stored[]; Item?: Stored };
      for (const item of [...Items, read]) record(item);
      return answer;
    },
    { step: 'initialize' },
  );
}
