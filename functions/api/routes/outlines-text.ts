import { outlineText } from '../routing.ts';
import { routeGroups } from './index.ts';

/** The text of `outlines.ts`, from the routes. */
export async function outlinesText(): Promise<string> {
  const groups = await Promise.all(
    routeGroups.map(
      async ({ name, load }) => `  ${name}: \`\n${(await load()).map(outlineText).join('\n')}\`,\n`,
    ),
  );
  return `/**
 * By which requests are matched before any route is loaded: who may not call one makes nobody read it. A line is an
 * outline, for what is text is not compiled. Written by \`npm run openapi\`.
 */
export const outlines = {
${groups.join('')}} satisfies Readonly<Record<string, string>>;
`;
}
