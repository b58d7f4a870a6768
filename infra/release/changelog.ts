import { CannotStart } from '../local/cannot-start.ts';

const unreleased = '## Unreleased\n';

/** The changelog with all that was unreleased under the version's heading. */
export function releasedChangelog(changelog: string, version: string, date: string): string {
  const at = changelog.indexOf(unreleased);
  if (at < 0) throw new CannotStart('CHANGELOG.md has no heading "## Unreleased".');
  const rest = changelog.slice(at + unreleased.length);
  const end = rest.search(/^## /m);
  if ((end < 0 ? rest : rest.slice(0, end)).trim() === '')
    throw new CannotStart('CHANGELOG.md says nothing under "## Unreleased": what is there to release?');
  return `${changelog.slice(0, at)}${unreleased}\n## ${version} (${date})\n${rest}`;
}
