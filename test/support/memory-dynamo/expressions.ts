import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareValues, equalValues, integerOf, invalid, type WireItem } from './values.ts';

/** A place in an item: attribute names, and indexes into lists. */
type Path = readonly (string | number)[];
type Operand = { readonly path: Path } | { readonly value: AttributeValue } | { readonly size: Path };
export type Condition = (item: WireItem) => boolean;

export interface Placeholders {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** Expressions are few and come again and again: their tokens are found once. */
const tokensOf = new Map<string, readonly string[]>();
const token = /\s*(?:([#:]?[A-Za-z_][A-Za-z0-9_]*)|(<=|>=|<>|[=<>().,[\]+-])|(\d+))/y;

/**
 * DynamoDB's condition, key condition and update expressions, as far as this repository writes them. Placeholders that
 * are not defined or never used are refused, as DynamoDB does.
 */
export class Parser {
  readonly #tokens: readonly string[];
  readonly #placeholders: Placeholders;
  readonly #used: Set<string>;
  #at = 0;

  constructor(text: string, placeholders: Placeholders, used: Set<string>) {
    this.#placeholders = placeholders;
    this.#used = used;
    this.#tokens = tokensOf.get(text) ?? split(text);
    if (this.#tokens.length === 0) throw invalid('The expression can not be empty');
  }

  condition(): Condition {
    const found = this.#or();
    if (this.#at < this.#tokens.length) throw invalid(`Syntax error at ${this.#tokens[this.#at]!}`);
    return found;
  }

  /** The item with the changes made. Every value is of the item as it was before, as DynamoDB reads it. */
  update(item: WireItem): Record<string, AttributeValue> {
    const after: Record<string, AttributeValue> = { ...item };
    while (this.#at < this.#tokens.length) {
      const clause = this.#next().toUpperCase();
      do
        if (clause === 'SET') {
          const path = this.#path();
          this.#expect('=');
          set(after, path, this.#assigned(item));
        } else if (clause === 'REMOVE') remove(after, this.#path());
        else if (clause === 'ADD') {
          const path = this.#path();
          const add = integerOf(this.#value(this.#next()));
          const before = read(item, path);
          set(after, path, { N: String((before === undefined ? 0n : integerOf(before)) + add) });
        } else throw invalid(`Syntax error at ${clause}`);
      while (this.#accept(','));
    }
    return after;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#accept('OR')) parts.push(this.#and());
    return (item) => parts.some((part) => part(item));
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#accept('AND')) parts.push(this.#not());
    return (item) => parts.every((part) => part(item));
  }

  #not(): Condition {
    if (!this.#accept('NOT')) return this.#primary();
    const part = this.#not();
    return (item) => !part(item);
  }

  #primary(): Condition {
    if (this.#accept('(')) {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    for (const name of ['attribute_exists', 'attribute_not_exists'])
      if (this.#accept(name)) {
        this.#expect('(');
        const path = this.#path();
        this.#expect(')');
        return (item) => (read(item, path) !== undefined) === (name === 'attribute_exists');
      }
    if (this.#accept('begins_with')) {
      this.#expect('(');
      const left = this.#operand();
      this.#expect(',');
      const right = this.#operand();
      this.#expect(')');
      return (item) => {
        const [text, prefix] = [valueOf(item, left)?.S, valueOf(item, right)?.S];
        return text !== undefined && prefix !== undefined && text.startsWith(prefix);
      };
    }
    const left = this.#operand();
    if (this.#accept('BETWEEN')) {
      const low = this.#operand();
      this.#expect('AND');
      const high = this.#operand();
      return (item) => ordered(item, low, left, '<=') && ordered(item, left, high, '<=');
    }
    const comparison = this.#next();
    const right = this.#operand();
    return (item) => ordered(item, left, right, comparison);
  }

  #operand(): Operand {
    if (this.#accept('size')) {
      this.#expect('(');
      const path = this.#path();
      this.#expect(')');
      return { size: path };
    }
    const next = this.#tokens[this.#at];
    return next?.startsWith(':') === true ? { value: this.#value(this.#next()) } : { path: this.#path() };
  }

  #assigned(item: WireItem): AttributeValue {
    const left = this.#term(item);
    for (const sign of ['+', '-'])
      if (this.#accept(sign)) {
        const [a, b] = [integerOf(left), integerOf(this.#term(item))];
        return { N: String(sign === '+' ? a + b : a - b) };
      }
    if (left === undefined)
      throw invalid('An attribute that the update refers to does not exist in the item');
    return left;
  }

  #term(item: WireItem): AttributeValue | undefined {
    if (!this.#accept('if_not_exists')) return valueOf(item, this.#operand());
    this.#expect('(');
    const path = this.#path();
    this.#expect(',');
    const fallback = this.#operand();
    this.#expect(')');
    return read(item, path) ?? valueOf(item, fallback);
  }

  #path(): Path {
    const path: (string | number)[] = [this.#name(this.#next())];
    for (;;)
      if (this.#accept('.')) path.push(this.#name(this.#next()));
      else if (this.#accept('[')) {
        path.push(Number(this.#next()));
        this.#expect(']');
      } else return path;
  }

  #name(text: string): string {
    if (!text.startsWith('#')) {
      if (!/^[A-Za-z_]/.test(text)) throw invalid(`Syntax error at ${text}`);
      return text;
    }
    this.#used.add(text);
    const name = this.#placeholders.names[text];
    if (name === undefined) throw invalid(`An expression attribute name used is not defined: ${text}`);
    return name;
  }

  #value(text: string): AttributeValue {
    this.#used.add(text);
    const value = this.#placeholders.values[text];
    if (value === undefined) throw invalid(`An expression attribute value used is not defined: ${text}`);
    return value;
  }

  #next(): string {
    const next = this.#tokens[this.#at];
    if (next === undefined) throw invalid('Syntax error at the end of the expression');
    this.#at += 1;
    return next;
  }

  #accept(text: string): boolean {
    if (this.#tokens[this.#at]?.toUpperCase() !== text.toUpperCase()) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text))
      throw invalid(`Syntax error: ${text} expected at ${this.#tokens[this.#at] ?? 'the end'}`);
  }
}

function split(text: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (match === null) throw invalid(`Invalid expression: ${text}`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  tokensOf.set(text, tokens);
  return tokens;
}

function read(item: WireItem, [first, ...rest]: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = item[String(first)];
  for (const step of rest) value = typeof step === 'number' ? value?.L?.[step] : value?.M?.[step];
  return value;
}

/**
 * The map or list that a path's last step is in, refused where there is none, as DynamoDB does. What is on the way to
 * it is copied: items that are stored are never changed.
 */
function holderOf(item: Record<string, AttributeValue>, path: Path): Record<string, AttributeValue> {
  let holder = item;
  for (const step of path.slice(0, -1)) {
    const { M, L }: Partial<AttributeValue> = holder[String(step)] ?? {};
    if (M !== undefined) {
      const inner = { ...M };
      holder[String(step)] = { M: inner };
      holder = inner;
    } else if (L !== undefined) {
      const inner = [...L];
      holder[String(step)] = { L: inner };
      holder = inner as unknown as Record<string, AttributeValue>;
    } else throw invalid('The document path provided in the update expression is invalid for update');
  }
  return holder;
}

const set = (item: Record<string, AttributeValue>, path: Path, value: AttributeValue): void => {
  holderOf(item, path)[String(path.at(-1))] = value;
};

const remove = (item: Record<string, AttributeValue>, path: Path): void => {
  Reflect.deleteProperty(holderOf(item, path), String(path.at(-1)));
};

function valueOf(item: WireItem, operand: Operand): AttributeValue | undefined {
  if ('value' in operand) return operand.value;
  if ('path' in operand) return read(item, operand.path);
  const { S, L, M } = read(item, operand.size) ?? {};
  const size = S !== undefined ? Buffer.byteLength(S) : (L?.length ?? (M && Object.keys(M).length));
  return size === undefined ? undefined : { N: String(size) };
}

/** A comparison with what is not there is false, whichever it is. */
function ordered(item: WireItem, left: Operand, right: Operand, comparison: string): boolean {
  const [a, b] = [valueOf(item, left), valueOf(item, right)];
  if (a === undefined || b === undefined) return comparison === '<>' && a !== b;
  if (comparison === '=') return equalValues(a, b);
  if (comparison === '<>') return !equalValues(a, b);
  const order = compareValues(a, b);
  if (order === undefined) return false;
  if (comparison === '<') return order < 0;
  if (comparison === '<=') return order <= 0;
  if (comparison === '>') return order > 0;
  if (comparison === '>=') return order >= 0;
  throw invalid(`Syntax error at ${comparison}`);
}
