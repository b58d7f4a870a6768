import type { FieldError, Problem } from '../kernel/problem.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { CertificateTerms } from './certificate.ts';
import type { Scheme } from './scheme.ts';
import type { StandardsRuleTerms } from './standards-rule.ts';

/** What a scheme must know for a certificate of it to mean anything. */
export function certificateProblem(terms: CertificateTerms, scheme: Scheme | undefined): Problem | undefined {
  if (scheme === undefined)
    return fieldProblem('unknown_reference', '/scheme', `There is no scheme ${terms.scheme}.`);
  const errors: FieldError[] = [
    ...levelErrors('/level', terms.level, scheme),
    ...(terms.minerals ?? []).flatMap((mineral, index) =>
      scheme.minerals.includes('*') || scheme.minerals.includes(mineral)
        ? []
        : [fault(`/minerals/${index}`, `${scheme.id} does not certify ${mineral}.`)],
    ),
    ...(terms.stages ?? []).flatMap((stage, index) =>
      scheme.stages.includes(stage)
        ? []
        : [fault(`/stages/${index}`, `${scheme.id} does not certify ${stage}.`)],
    ),
  ];
  return errors.length === 0
    ? undefined
    : problem('invalid_request', 'The certificate claims what its scheme does not give.', errors);
}

/** Every scheme that a rule names must exist, and have the level that it asks for. */
export function requirementsProblem(
  topics: StandardsRuleTerms['topics'],
  schemes: readonly Scheme[],
): Problem | undefined {
  const known = new Map(schemes.map((scheme) => [scheme.id, scheme]));
  const errors = topics.flatMap(({ anyOf }, topic) =>
    anyOf.flatMap(({ scheme: id, level }, index) => {
      const pointer = `/topics/${topic}/anyOf/${index}`;
      const scheme = known.get(id);
      return scheme === undefined
        ? [{ pointer: `${pointer}/scheme`, code: 'unknown_reference', detail: `There is no scheme ${id}.` }]
        : levelErrors(`${pointer}/level`, level, scheme);
    }),
  );
  if (errors.length === 0) return undefined;
  return errors.some((error) => error.code === 'unknown_reference')
    ? problem('unknown_reference', 'The rule names a scheme that does not exist.', errors)
    : problem('invalid_request', 'The rule asks for a level that its scheme does not have.', errors);
}

/** The levels that rules ask of a scheme, of which it may not be deprived. */
export const levelsAsked = (
  rules: readonly Pick<StandardsRuleTerms, 'topics'>[],
  scheme: string,
): Set<string> =>
  new Set(
    rules.flatMap((rule) =>
      rule.topics.flatMap((topic) =>
        topic.anyOf.flatMap((requirement) =>
          requirement.scheme === scheme && requirement.level !== undefined ? [requirement.level] : [],
        ),
      ),
    ),
  );

const levelErrors = (pointer: string, level: string | undefined, scheme: Scheme): FieldError[] =>
  level === undefined || scheme.levels.includes(level)
    ? []
    : [fault(pointer, `${scheme.id} has no level ${level}.`)];

const fault = (pointer: string, detail: string): FieldError => ({ pointer, code: 'invalid_request', detail });
