import { canonical } from './digest.ts';
import { sum } from './case.ts';
import { attempt, Measure, whole } from './exact.ts';
import type { Proof } from './proof.ts';
import type { Report } from './verify.ts';

type Json = Readonly<Record<string, unknown>>;
const asJson = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** What programmes pay by the flows of their rounds: the proof states no sum of its own. */
function supportTotal({ snapshot: { product }, support = [] }: Proof): Json {
  const measure = new Measure(product);
  const flows = support.flatMap((round) => round.flows);
  const minor = measure.minorUnits(sum(flows.map((flow) => whole(flow.support) * whole(flow.lots))));
  return { amount: measure.written(minor).replaceAll(',', ''), currency: product.currency };
}

/** Compares what was verified with what is known of the clearing from elsewhere: its digest, its public record. */
export function matchesRecord(
  report: Report,
  document: unknown,
  record: unknown,
  digest: string | undefined,
): Report {
  const proof = asJson(document);
  const known = asJson(record);
  const failures = [...report.failures];
  const checked = [...report.checked];
  const compare = (pointer: string, here: unknown, there: unknown): void => {
    if (canonical(here) !== canonical(there))
      failures.push({ pointer, problem: `should be ${canonical(there)}` });
  };
  if (digest !== undefined) compare('/inputDigest', proof['inputDigest'], digest);
  if (record !== undefined) {
    compare('/clearing', proof['clearing'], known['id']);
    for (const name of ['inputDigest', 'levyTotal', 'contracts'])
      compare(`/${name}`, proof[name], known[name]);
    const total = attempt(
      (pointer, problem) => void failures.push({ pointer, problem }),
      '/support',
      () => supportTotal(document as Proof),
    );
    if (total !== undefined) compare('/supportTotal', total, known['supportTotal']);
    const quarters = (of: Json): unknown[] => {
      const list = Array.isArray(of['quarters']) ? of['quarters'].map(asJson) : [];
      return list.map((each) => {
        const { primal, dual } = asJson(each['optimality'] ?? each);
        return [each['quarter'], primal, dual];
      });
    };
    compare('/quarters', quarters(proof), quarters(known));
  }
  if (digest !== undefined || record !== undefined) {
    const what = record === undefined ? 'the digest that you know' : "the clearing's record";
    if (failures.length === report.failures.length) checked.push(`It is what ${what} says`);
  }
  return { verified: failures.length === 0, checked, failures };
}
