import * as z from 'zod';
import type { Check } from '../../clearing/eligibility/standards-check.ts';
import { satisfiesOn } from '../../clearing/eligibility/standards-check.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { Lapse } from '../../contracts/rules/deliveries.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { sourceOf } from '../../orders/offer.ts';
import type { Certificate } from '../../standards/certificate.ts';
import { requirementSchema } from '../../standards/standards-rule.ts';
import { keys } from '../table/keys.ts';
import { plain } from '../table/item-body.ts';
import { productOf, readAll, readVersion } from '../reference/reference.ts';
import { readSource } from '../sites/sources.ts';
import type { Table } from '../table/table.ts';

/** What must be shown by certificates of the contract's site, and in whose words. */
interface NamedCheck extends Omit<Check, 'renewalCovenant'> {
  readonly requirement: string;
}

/**
 * What the certificates of a contract's site, as they now stand, leave unshown of a delivery shipped on a day: of the
 * standards rules under which the contract was concluded, and of what its bid required. Any certificate of the site may
 * show it: one that was renewed has another id. `undefined` where all is shown.
 */
export async function lapseOf(
  table: Table,
  contract: Contract,
  day: CalendarDate,
): Promise<Lapse | undefined> {
  const [checks, certificates, schemes, product] = await Promise.all([
    checksOf(table, contract),
    certificatesOf(table, contract),
    readAll(table, 'scheme'),
    productOf(table, contract.product),
  ]);
  const byId = new Map(schemes.map((scheme) => [scheme.id, scheme]));
  const lapses = checks.flatMap(({ requirement, ...check }) => {
    const shown = satisfiesOn(check, certificates, byId, product, day);
    return shown.ok ? [] : [{ requirement, code: shown.code }];
  });
  if (lapses.length === 0) return undefined;
  const standing = new Set(certificates.filter((each) => countsOn(each, day)).map(({ id }) => id));
  return {
    certificates: contract.certificates.map(({ id }) => id).filter((id) => !standing.has(id)),
    lapses,
  };
}

/** Of the certificates that a contract relies on, those that have been revoked. */
export async function revokedOf(table: Table, contract: Contract): Promise<string[]> {
  const certificates = await certificatesOf(table, contract);
  const revoked = new Set(certificates.filter(({ status }) => status === 'revoked').map(({ id }) => id));
  return contract.certificates.map(({ id }) => id).filter((id) => revoked.has(id));
}

const countsOn = ({ status, validFrom, validTo }: Certificate, day: CalendarDate): boolean =>
  status === 'active' && validFrom <= day && day <= validTo;

const certificatesOf = async (table: Table, contract: Contract): Promise<readonly Certificate[]> =>
  (await readSource(table, sourceOf(contract)))?.certificates ?? [];

async function checksOf(table: Table, contract: Contract): Promise<NamedCheck[]> {
  const [rules, bid] = await Promise.all([
    Promise.all(
      contract.standards.map(async ({ id, version }) => {
        const rule = await readVersion(table, 'standards', id, version);
        if (rule === undefined) throw new Error(`there is no version ${version} of ${id}`);
        return rule;
      }),
    ),
    table.get(keys.order(contract.bid)),
  ]);
  const required = z
    .array(requirementSchema)
    .optional()
    .parse((plain(bid?.['body'] ?? null) as { requires?: unknown } | null)?.requires);
  return [
    ...rules.flatMap(({ topics, minimumAssurance }) =>
      topics.map(({ topic, anyOf }) => ({ requirement: topic, anyOf, minimumAssurance })),
    ),
    ...(required ?? []).map((requirement) => ({
      requirement: [requirement.scheme, requirement.level].filter((part) => part !== undefined).join(' '),
      anyOf: [requirement],
    })),
  ];
}
