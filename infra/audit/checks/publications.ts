import { dateOf } from '../../../shared/kernel/time.ts';
import type { Organisation } from '../../../shared/reference/organisation.ts';
import { groupOf } from '../../../shared/reference/organisation.ts';
import type { Publication } from '../../../shared/risk/publication.ts';
import { figuresShown } from '../../../shared/risk/publication.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** What zones publish of their stock: each month once, in order, and nothing shown that would tell one operator's. */
export function* checkPublications(evidence: Evidence): Generator<Finding> {
  const series = Map.groupBy(evidence.publications, ({ zone, product }) => `${zone}/${product}`);
  for (const [name, all] of series) {
    const months = all.toSorted((a, b) => (a.period < b.period ? -1 : 1));
    for (const [index, publication] of months.entries()) {
      const where = `PUBLICATIONS#${name} ${publication.period}`;
      if (!dateOf(publication.asOf).startsWith(publication.period))
        yield finding('publication', where, 'is not of the month in which it was published');
      const shown = figuresShown(publication.parts, months.slice(0, index), groupsAt(evidence, publication));
      const revealed = publication.shown.filter((figure) => !shown.includes(figure));
      if (revealed.length > 0)
        yield finding(
          'publication',
          where,
          `shows ${revealed.join(', ')}, from which an operator's would follow`,
        );
    }
  }
}

const groupsAt =
  (evidence: Evidence, { asOf }: Publication) =>
  (operator: string): string => {
    const record = evidence.references.get(`organisation ${operator}`);
    const then = record?.versions.findLast(({ recordedAt }) => recordedAt <= asOf) as
      Organisation | undefined;
    return groupOf(operator, then);
  };
