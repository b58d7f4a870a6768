import { omit } from '../omit.ts';
import type { Meddler } from '../faults.ts';
import { withoutSpares } from '../faults.ts';

interface Write {
  readonly Key?: { readonly pk?: { readonly S?: string }; readonly sk?: { readonly S?: string } };
  readonly Item?: Write['Key'];
  readonly ConditionExpression?: string;
}

const placeOf = ({ Key, Item }: Write): string => {
  const { pk, sk } = Key ?? Item ?? {};
  return `${pk?.S ?? ''} ${sk?.S ?? ''}`;
};

/** Takes the conditions off all writes of items at such places ("pk sk"): a guard as if nobody had thought of it. */
export const unguarded =
  (place: RegExp): Meddler =>
  (send, call) => {
    const bare = (write: Write): object =>
      place.test(placeOf(write)) ? withoutSpares(omit(write, 'ConditionExpression')) : write;
    const { TransactItems } = call.input as { TransactItems?: Record<string, Write>[] };
    if (TransactItems !== undefined)
      call.input = {
        ...call.input,
        TransactItems: TransactItems.filter(
          ({ ConditionCheck }) => ConditionCheck === undefined || !place.test(placeOf(ConditionCheck)),
        ).map((item) => Object.fromEntries(Object.entries(item).map(([kind, write]) => [kind, bare(write)]))),
      };
    else if (call.write) call.input = bare(call.input);
    return send();
  };
