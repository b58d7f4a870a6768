import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Caller } from '../../shared/reference/caller.ts';
import { caller, testApi } from './api.ts';
import { freshTable } from './table.ts';

/** Two administrators of one ministry, who are two. */
export const ada: Caller = { ...caller('ministry', 'administrator'), subject: 'ada' };
export const bob: Caller = { ...caller('ministry', 'administrator'), subject: 'bob' };
export const auditor: Caller = caller('court-of-auditors', 'auditor');
export const mine: Caller = caller('mine-au', 'producer');
export const otherMine: Caller = caller('mine-cl', 'producer');
export const buyer: Caller = caller('magnets-de', 'buyer');
export const stockpile: Caller = caller('reserve-jp', 'stockpile-operator');
export const everyRole: readonly Caller[] = [ada, auditor, mine, buyer, stockpile];

/** The API over a fresh table of an engine. */
export const freshApi = async (client: DynamoDBClient) => testApi(await freshTable(client));
export type TestApi = Awaited<ReturnType<typeof freshApi>>;
