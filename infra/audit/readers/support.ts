import * as z from 'zod';
import { agreementOf } from '../../../shared/store/support/agreements.ts';
import { readRoundItem } from '../../../shared/store/support/funding-rounds.ts';
import { readSupportItem } from '../../../shared/store/support/support-settlements.ts';
import type { Readers } from './reader.ts';

/** Programmes, agreements with them, what was settled, claimed and paid. */
export const supportReaders: Readers = {
  AGREEMENT: ({ agreements, supportSettlements }, item, { of, sk }) => {
    if (sk === 'AGREEMENT') agreements.set(of, agreementOf(item));
    if (sk.startsWith('SETTLEMENT#')) supportSettlements.push(readSupportItem(item));
  },
  PROGRAMME: ({ budgets, paidPlaces, rounds, claims }, item, { of, sk }) => {
    if (sk === 'BUDGET') budgets.set(of, item);
    if (sk.startsWith('SITE#')) paidPlaces.set(String(item['agreement']), z.bigint().parse(item['paid']));
    if (sk.startsWith('ROUND#')) rounds.push(readRoundItem(item));
    if (sk.startsWith('CLAIM#'))
      claims.set(
        `${of} ${sk.slice('CLAIM#'.length).replace('#', ' ')}`,
        z.bigint().positive().parse(item['amount']),
      );
  },
};
