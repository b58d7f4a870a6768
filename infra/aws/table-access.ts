import { tableShape } from '../../shared/store/table/table-shape.ts';
import type { HandlerName } from './bundle.ts';
import type { Permission } from './constructs/service-function.ts';
import type { DataStack } from './data-stack.ts';

/** Every function that reads or writes the table. */
export type TableUser = Exclude<HandlerName, 'pre-token'>;

/** Partitions by the beginnings of their keys, as IAM patterns (`shared/store/table/keys.ts`). */
interface TableAccess {
  /** @default all */
  readonly readsOnly?: readonly string[];
  /** @default all but those it must never touch */
  readonly writesOnly?: readonly string[];
  /** Neither read nor written. */
  readonly neverTouches?: readonly string[];
  readonly neverWrites?: readonly string[];
  /** What it may delete. */
  readonly removes: readonly string[];
  readonly indexes: readonly (keyof typeof tableShape.indexes)[];
}

/** Where webhooks are called, and the secrets that sign what they are sent. */
const secrets = ['WEBHOOK*'];
/** What callers were answered: new secrets are among it. */
const answers = ['IDEMPOTENCY#*'];
/** What organisations have asked of the API: who could write it could shut an organisation out. */
const requests = ['RATE#*'];
const alerts = ['ALERT#*', 'ALERTS#*', 'NOTICE#*', 'FOLLOWED#*', 'CHANGED#*', 'SWEEP'];
/** Lots, what of them is where, and its movements. */
const stock = ['LOT#*', 'STOCKPILE#*'];
/** By which ticks and the stream show that they live. */
const health = ['HEALTH'];
const money = ['LEDGER#*', 'ACCOUNT#*', 'SETTLEMENT#*'];
/** But not the counter beside it, which whoever decides by the rules moves on, so that none changes meanwhile. */
const rules = ['REF#*'];
const marketRules = ['floor', 'standards', 'scheme', 'zone', 'programme', 'change'].map(
  (kind) => `REF#${kind}*`,
);

/**
 * What each function may do with the table. The narrow ones are told all that they may; the wide ones what they must
 * not, so that one that is taken over can neither forge a clearing's plan, nor rules, nor payments, nor learn secrets.
 */
export const tableAccess: Readonly<Record<TableUser, TableAccess>> = {
  api: {
    neverWrites: ['PLAN#*', 'FOLLOWED#*', 'CHANGED#*', 'SWEEP', ...health],
    removes: ['*'],
    indexes: ['gsi1', 'gsi2', 'gsi3'],
  },
  clearing: {
    neverTouches: [...secrets, ...answers, ...requests],
    neverWrites: [...rules, ...money, ...alerts, ...health],
    removes: ['*'],
    indexes: [],
  },
  settlement: {
    neverTouches: [...secrets, ...answers, ...requests],
    neverWrites: ['PLAN#*', 'BOOK#*', ...rules, ...alerts, ...health],
    // Claims on a programme that are paid.
    removes: ['PROGRAMME#*'],
    indexes: ['gsi1', 'gsi2', 'gsi3'],
  },
  // It posts the orders of standing rules, as the API posts anybody's; a product notes that it has been traded.
  tick: {
    neverTouches: [...secrets, ...answers, ...requests],
    neverWrites: ['PLAN#*', ...marketRules, ...money, ...alerts],
    removes: ['*'],
    indexes: ['gsi1', 'gsi3'],
  },
  stream: {
    neverTouches: [...secrets, ...answers, ...requests],
    writesOnly: [...alerts, ...stock, ...health],
    removes: [],
    indexes: ['gsi1', 'gsi2', 'gsi3'],
  },
  notify: {
    readsOnly: [...secrets, 'NOTICE#*', 'REF#stockpile'],
    writesOnly: [...secrets, 'NOTICE#*'],
    removes: secrets,
    indexes: ['gsi3'],
  },
};

// Transactions are allowed by their parts: TransactWriteItems is no action of its own.
const named = (...actions: readonly string[]) => actions.map((action) => `dynamodb:${action}`);
const reading = named('GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem');
const writing = named('PutItem', 'UpdateItem');
const removing = named('DeleteItem');

/** The statements of a function's policy about the table. */
export function useOfTable({ table }: DataStack, user: TableUser): Permission[] {
  const { readsOnly, writesOnly, neverTouches, neverWrites, removes, indexes } = tableAccess[user];
  const resources = [table.tableArn];
  const refused = true;
  return [
    { actions: reading, resources, ...(readsOnly && { partitions: readsOnly }) },
    { actions: writing, resources, ...(writesOnly && { partitions: writesOnly }) },
    ...(removes.length === 0 ? [] : [{ actions: removing, resources, partitions: removes }]),
    ...(indexes.length === 0
      ? []
      : [{ actions: named('Query'), resources: indexes.map((index) => `${table.tableArn}/index/${index}`) }]),
    ...(neverTouches === undefined
      ? []
      : [{ refused, actions: [...reading, ...writing, ...removing], resources, partitions: neverTouches }]),
    ...(neverWrites === undefined
      ? []
      : [{ refused, actions: [...writing, ...removing], resources, partitions: neverWrites }]),
  ];
}
