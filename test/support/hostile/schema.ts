/** The part of JSON Schema (2020-12) in which the OpenAPI document describes what is taken. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** The OpenAPI document, with its references followed. */
export class Described {
  readonly operations = new Map<string, Operation>();
  readonly #schemas: Readonly<Record<string, JsonSchema>>;

  constructor(text: string) {
    const document = JSON.parse(text) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
      readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
    };
    this.#schemas = document.components.schemas;
    for (const path of Object.values(document.paths))
      for (const operation of Object.values(path)) this.operations.set(operation.operationId, operation);
  }

  bodyOf(operationId: string): JsonSchema | undefined {
    return this.operations.get(operationId)?.requestBody?.content['application/json']?.schema;
  }

  /** The schemas that a value may follow: a union's members, or the schema itself. */
  alternatives(schema: JsonSchema): JsonSchema[] {
    if (schema.$ref !== undefined) {
      const found = this.#schemas[schema.$ref.slice('#/components/schemas/'.length)];
      if (found === undefined) throw new Error(`no ${schema.$ref}`);
      return this.alternatives(found);
    }
    const members = schema.anyOf ?? schema.oneOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
    return members === undefined ? [schema] : members.flatMap((member) => this.alternatives(member));
  }

  /** Whether the value is one that the schema forbids, as far as it is checked here; `false` where one cannot tell. */
  forbids(schema: JsonSchema, value: unknown): boolean {
    return this.alternatives(schema).every((each) => this.#forbids(each, value));
  }

  #forbids(schema: JsonSchema, value: unknown): boolean {
    if (schema.enum !== undefined && !schema.enum.includes(value)) return true;
    if (schema.const !== undefined && schema.const !== value) return true;
    const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
    if (types?.every((type) => !isOfType(type, value)) === true) return true;
    if (typeof value === 'string') return breaksString(schema, value);
    if (typeof value === 'number')
      return value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity);
    if (Array.isArray(value))
      return (
        value.length < (schema.minItems ?? 0) ||
        value.length > (schema.maxItems ?? Infinity) ||
        (schema.items !== undefined && value.some((item) => this.forbids(schema.items!, item)))
      );
    if (typeof value !== 'object' || value === null) return false;
    const { properties = {}, required = [], additionalProperties } = schema;
    return (
      required.some((name) => !Object.hasOwn(value, name)) ||
      Object.entries(value).some(([name, inner]) =>
        Object.hasOwn(properties, name)
          ? this.forbids(properties[name]!, inner)
          : additionalProperties === false ||
            (typeof additionalProperties === 'object' && this.forbids(additionalProperties, inner)),
      )
    );
  }
}

/** Space around a text that people read is taken off before it is judged. */
const text = String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`;

function breaksString({ pattern, minLength, maxLength, format }: JsonSchema, given: string): boolean {
  const value = pattern === text ? given.trim() : given;
  const { length } = value;
  return (
    length < (minLength ?? 0) ||
    length > (maxLength ?? Infinity) ||
    (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) ||
    (format === 'date' && !/^\d{4}-\d\d-\d\d$/.test(value)) ||
    (format === 'date-time' && !/^\d{4}-\d\d-\d\dT/.test(value))
  );
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
