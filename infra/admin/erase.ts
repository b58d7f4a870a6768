import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { minorUnits } from '../../shared/ledger/posting.ts';
import { readItem } from '../../shared/store/table/item.ts';
import { readLineItem } from '../../shared/store/contracts/ledger.ts';
import { readOrganisation } from '../../shared/store/reference/reference.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { storedPages } from '../audit/scan.ts';
import { CannotStart } from '../local/cannot-start.ts';
import type { Command } from './command.ts';
import { commonUsage, needed, options } from './command.ts';
import type { Change } from './erasure.ts';
import { erasureOf, mustBeEven, openIn, webhookIn } from './erasure.ts';
import { openPlace } from './place.ts';

type Stored = Record<string, AttributeValue>;

export const eraseCommand: Command = {
  name: 'erase-organisation',
  about: 'takes the names of an organisation off all that may lose them',
  usage: `npm run admin -- erase-organisation --id ID (--dry-run | --yes) [--data DIR] [--json]

Refused while anything of it is open: orders, contracts, support, accounts and loans of stock, what is owed, a stockpile or
a zone it answers for. Then names, sources and the subjects of its users lose their text, webhooks and recorded answers
go. Contracts, the ledger, proofs and chains stay, with the organisation's id: docs/data-retention.md says what and why.
May be repeated; what was exported before must be deleted by whoever keeps it.

--id ID    the organisation
--dry-run  tells what would be done
--yes      does it
${commonUsage}
Exit code: 0 erased (or nothing was left to erase), 1 something is still open, 2 nothing could be done.`,
  run: async (args) => {
    const { values, where, telling } = options(args, {
      id: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    });
    const id = needed(values.id, 'id');
    if (values['dry-run'] === values.yes)
      throw new CannotStart('Say --dry-run to see what would be done, or --yes to do it.');
    const { table, close } = await openPlace(where, process.env);
    try {
      if ((await readOrganisation(table, id)) === undefined)
        throw new CannotStart(`There is no organisation ${id}.`);
      const told = values.yes
        ? await eraseOrganisation(table, id)
        : { ...toldOf(await planErasure(table, id)), erased: false };
      const isOpen = told.open.length > 0;
      const says = told.erased ? 'Erased' : 'Would erase';
      telling.result(
        { organisation: id, ...told },
        isOpen
          ? ['Not yet:', ...told.open.map((each) => `  ${each}`)].join('\n')
          : [`${says} ${id} from ${told.changes.length} items:`, ...told.changes].join('\n  '),
      );
      if (isOpen) return 1;
      return 0;
    } finally {
      await close();
    }
  },
};

/** Erases an organisation of which nothing is open. */
export async function eraseOrganisation(
  table: Pick<Table, 'client' | 'name'>,
  id: string,
): Promise<ReturnType<typeof toldOf> & { readonly erased: boolean }> {
  const planned = await planErasure(table, id);
  const erased = planned.open.length === 0;
  if (erased) for (const each of planned.changes) await carryOut(table, each);
  return { ...toldOf(planned), erased };
}

const toldOf = ({ open, changes }: Awaited<ReturnType<typeof planErasure>>) => ({
  open,
  changes: changes.map(({ place }) => place),
});

interface Planned {
  readonly place: string;
  readonly stored: Stored;
  readonly change: Change;
}

/** Reads the table twice: what was sent to a webhook is known only once its webhooks are. */
export async function planErasure(
  table: Pick<Table, 'client' | 'name'>,
  id: string,
): Promise<{ readonly open: string[]; readonly changes: Planned[] }> {
  const open: string[] = [];
  const webhooks = new Set<string>();
  const even = mustBeEven(id);
  const balances = new Map<string, bigint>();
  for await (const page of storedPages(table))
    for (const item of page.map((stored) => readItem(stored))) {
      const pk = String(item['pk']);
      const why = openIn(item, id);
      if (why !== undefined) open.push(`${pk} ${String(item['sk'])}: ${why}`);
      const webhook = webhookIn(item, id);
      if (webhook !== undefined) webhooks.add(webhook);
      if (even.includes(pk)) {
        const line = readLineItem(item);
        const name = `${pk} ${line.amount.currency}`;
        const units = minorUnits(line.amount);
        balances.set(name, (balances.get(name) ?? 0n) + (line.side === 'DBIT' ? units : -units));
      }
    }
  for (const [account, left] of balances)
    if (left !== 0n) open.push(`${account}: ${left} minor units are owed`);
  const changes: Planned[] = [];
  for await (const page of storedPages(table))
    for (const stored of page) {
      const item = readItem(stored);
      const change = erasureOf(item, id, webhooks);
      if (change !== undefined)
        changes.push({ place: `${String(item['pk'])} ${String(item['sk'])}`, stored, change });
    }
  return { open, changes };
}

/** If nobody has changed the item since it was read; what somebody has is erased by the next run. */
async function carryOut(
  table: Pick<Table, 'client' | 'name'>,
  { stored, change, place }: Planned,
): Promise<void> {
  const at = { TableName: table.name, Key: { pk: stored['pk']!, sk: stored['sk']! } };
  if ('remove' in change) {
    await table.client.send(new DeleteItemCommand(at));
    return;
  }
  try {
    await table.client.send(
      new UpdateItemCommand({
        ...at,
        UpdateExpression: 'SET #body = :next',
        ConditionExpression: '#body = :was',
        ExpressionAttributeNames: { '#body': 'body' },
        ExpressionAttributeValues: {
          ':was': stored['body']!,
          ':next': { M: marshall(change.body, { removeUndefinedValues: true }) },
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    throw new CannotStart(`${place} was changed meanwhile: run it again.`);
  }
}
