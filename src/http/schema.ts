/** JSON Schema as OpenAPI 3.1 takes it, built so that TypeScript knows the value that it describes. Plain data: it costs nothing until it is read. */

export interface Keywords {
  readonly description?: string;
  readonly example?: string;
}

export interface Json extends Keywords {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly anyOf?: readonly Json[];
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Json;
  readonly not?: Json;
  /** Name under which OpenAPI lists it once and refers to it. */
  readonly name?: string;
}

declare const described: unique symbol;

/** A schema of values of this type. */
export type Schema<Value = unknown> = Json & { readonly [described]?: Value };

export type ValueOf<Described> = Described extends Schema<infer Value> ? Value : never;

interface Optional<Value> {
  readonly optional: Schema<Value>;
}

type Properties = Readonly<Record<string, Schema | Optional<unknown>>>;
type ObjectOf<Fields extends Properties> = {
  readonly [Name in keyof Fields as Fields[Name] extends Optional<unknown> ? never : Name]: ValueOf<Fields[Name]>;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends Optional<unknown> ? Name : never]?:
    | (Fields[Name] extends Optional<infer Value> ? Value : never)
    | undefined;
};

export function text(keywords: Keywords & { readonly maxLength?: number } = {}): Schema<string> {
  return { type: 'string', ...keywords };
}

export function integer(keywords: Keywords & { readonly minimum?: number; readonly maximum?: number } = {}): Schema<number> {
  return { type: 'integer', ...keywords };
}

/** A whole number that is not negative. */
export function count(keywords: Keywords = {}): Schema<number> {
  return integer({ minimum: 0, ...keywords });
}

export function decimal(keywords: Keywords = {}): Schema<number> {
  return { type: 'number', ...keywords };
}

export function flag(keywords: Keywords = {}): Schema<boolean> {
  return { type: 'boolean', ...keywords };
}

export function oneOf<Choice extends string>(choices: readonly Choice[], keywords: Keywords = {}): Schema<Choice> {
  return { type: 'string', enum: choices, ...keywords };
}

export function list<Value>(items: Schema<Value>): Schema<readonly Value[]> {
  return { type: 'array', items };
}

/** The schema of a value that may be null. */
export function nullable<Value>(schema: Schema<Value>): Schema<Value | null> {
  return { ...schema, type: [String(schema.type), 'null'], ...(schema.enum ? { enum: [...schema.enum, null] } : {}) };
}

export function optional<Value>(schema: Schema<Value>): Optional<Value> {
  return { optional: schema };
}

export function object<Fields extends Properties>(fields: Fields, keywords: Keywords = {}): Schema<ObjectOf<Fields>> {
  const properties = Object.entries(fields).map(([name, field]) => [name, 'optional' in field ? field.optional : field] as const);
  const required = Object.keys(fields).filter((name) => !('optional' in (fields[name] ?? {})));
  return { type: 'object', properties: Object.fromEntries(properties), required, ...keywords };
}

/** Listed once under this name, and referred to. */
export function named<Value>(name: string, schema: Schema<Value>): Schema<Value> {
  return { ...schema, name };
}
