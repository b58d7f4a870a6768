import type { Hostile } from './values.ts';
import { hostileTo } from './values.ts';
import type { Described, JsonSchema } from './schema.ts';

/** A body that is right but for one place. */
export interface Attempt {
  /** RFC 6901: where it is wrong. */
  readonly pointer: string;
  readonly text: string;
  /** The document forbids it: it must be refused. */
  readonly forbidden: boolean;
}

type Steps = readonly (string | number)[];

const mark = '\u0001here\u0001';

/** The body's text with something else at one place. */
function withAt(body: unknown, steps: Steps, hostile: Hostile): string {
  const put = (value: unknown, [step, ...rest]: Steps): unknown => {
    if (step === undefined) return mark;
    if (Array.isArray(value)) return value.map((item: unknown, at) => (at === step ? put(item, rest) : item));
    const fields = value as Readonly<Record<string, unknown>>;
    return { ...fields, [step]: put(fields[step], rest) };
  };
  const inside = 'raw' in hostile ? hostile.raw : JSON.stringify(hostile.value);
  return JSON.stringify(put(body, steps)).replace(JSON.stringify(mark), () => inside);
}

const pointerTo = (steps: Steps): string =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Every attempt on a body that the schema describes and that is right. */
export function attemptsOn(described: Described, schema: JsonSchema, body: unknown): Attempt[] {
  const attempts: Attempt[] = [];
  const attempt = (steps: Steps, at: JsonSchema, hostile: Hostile): void => {
    const value = 'raw' in hostile ? readRaw(hostile.raw) : hostile.value;
    const forbidden = value !== unreadable && described.forbids(at, value);
    attempts.push({ pointer: pointerTo(steps), text: withAt(body, steps, hostile), forbidden });
  };
  const walk = (steps: Steps, at: JsonSchema, own: unknown): void => {
    for (const hostile of hostileTo(described, at, own)) attempt(steps, at, hostile);
    if (Array.isArray(own))
      for (const [index, item] of own.slice(0, 2).entries()) {
        const items = described.alternatives(at).find(({ items }) => items !== undefined)?.items;
        if (items !== undefined) walk([...steps, index], items, item);
      }
    if (typeof own !== 'object' || own === null || Array.isArray(own)) return;
    const member = described
      .alternatives(at)
      .filter(({ properties }) => properties !== undefined)
      .toSorted((a, b) => strangers(a, own) - strangers(b, own))[0];
    if (member === undefined) return;
    const fields = own as Readonly<Record<string, unknown>>;
    for (const [name, property] of Object.entries(member.properties ?? {}))
      walk([...steps, name], property, fields[name]);
    for (const name of member.required ?? [])
      attempts.push({
        pointer: pointerTo([...steps, name]),
        text: replaced(
          body,
          steps,
          Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name)),
        ),
        forbidden: described.alternatives(at).length === 1,
      });
    for (const name of ['unheardOf', '__proto__', 'constructor', '', 'a/b~c', 'k'.repeat(300)])
      attempts.push({
        pointer: pointerTo([...steps, name.slice(0, 100)]),
        text: withMember(body, steps, fields, name),
        forbidden: member.additionalProperties === false,
      });
  };
  walk([], schema, body);
  return attempts;
}

/** How many of the value's members the schema does not know: the least of a union is the one that is meant. */
const strangers = ({ properties = {}, required = [] }: JsonSchema, value: object): number =>
  Object.keys(value).filter((name) => !Object.hasOwn(properties, name)).length +
  required.filter((name) => !Object.hasOwn(value, name)).length;

const replaced = (body: unknown, steps: Steps, value: unknown): string => withAt(body, steps, { value });

/** With one more member, under a name that JavaScript would not always keep as one. */
const withMember = (body: unknown, steps: Steps, fields: object, name: string): string =>
  withAt(body, steps, {
    raw: `{${Object.entries(fields)
      .map(([each, value]) => `${JSON.stringify(each)}:${JSON.stringify(value)},`)
      .join('')}${JSON.stringify(name)}:1}`,
  });

const unreadable = Symbol('no value that the schema could be asked about');

/** Numbers beyond JavaScript's, half surrogates and names given twice are the reader's to refuse. */
function readRaw(raw: string): unknown {
  if (raw.includes('ud800') || raw.includes('"amount":"1","amount"') || raw.length > 1000) return unreadable;
  return JSON.parse(raw) as unknown;
}
