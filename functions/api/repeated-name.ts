import { pointerOf } from '../../shared/wire/issues.ts';

/** One object or array that the scan is in. */
interface Level {
  /** Names seen so far; none in an array. */
  readonly names: Set<string> | undefined;
  /** The member that is being read: a name, or an index. */
  at: string | number;
  /** In an object: the next string is a name. */
  naming: boolean;
}

/**
 * The first name that an object of a JSON text has twice, as an RFC 6901 pointer; `undefined` if there is none. The text
 * must be JSON. Most parsers keep the last of two members of one name, some the first: whoever checks a request and
 * whoever carries it out must not read it differently (RFC 7493, 2.3: names are unique). Without recursion, since
 * nesting is the sender's choice.
 */
export function repeatedName(text: string): string | undefined {
  const levels: Level[] = [];
  let index = 0;
  while (index < text.length) {
    const level = levels.at(-1);
    switch (text[index]) {
      case '{':
        levels.push({ names: new Set(), at: '', naming: true });
        break;
      case '[':
        levels.push({ names: undefined, at: 0, naming: false });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level?.names !== undefined) level.naming = true;
        else if (level !== undefined) level.at = Number(level.at) + 1;
        break;
      case '"': {
        const end = endOfString(text, index);
        if (level?.naming === true) {
          level.at = JSON.parse(text.slice(index, end + 1)) as string;
          level.naming = false;
          if (level.names?.has(level.at) === true) return pointerOf(levels.map(({ at }) => at));
          level.names?.add(level.at);
        }
        index = end;
        break;
      }
    }
    index += 1;
  }
  return undefined;
}

/** Where the string that begins at a quote ends: at the next quote that is not escaped. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index;
}
