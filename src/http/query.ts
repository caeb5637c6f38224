/** How an endpoint declares its query: parsing, OpenAPI, the tables of the docs and the key of the cache all come from these declarations. */
import { parseChoice } from '../core/model/choice.ts';
import { compareText } from '../core/model/image.ts';
import { oneOf, text, type Keywords, type Schema } from './schema.ts';

/** One value that an endpoint takes from its query, out of one parameter or several. */
export interface Field<Value> {
  /** The parameters that it is read from, by name. */
  readonly parameters: Readonly<Record<string, Schema>>;
  /** @throws AppError invalid_input that says what is valid */
  readonly parse: (query: URLSearchParams, known: Known) => Value;
}

/** What a query may name. */
export interface Known {
  /** Ids of the registries. */
  readonly registries: readonly string[];
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type QueryOf<Declared extends Fields> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Field<infer Value> ? Value : never;
};

/**
 * The values of the declared fields; parameters that none of them names are ignored.
 * @throws AppError invalid_input
 */
export function parseQuery<Declared extends Fields>(fields: Declared, query: URLSearchParams, known: Known): QueryOf<Declared>;
export function parseQuery(fields: Fields, query: URLSearchParams, known: Known): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) values[name] = field.parse(query, known);
  return values;
}

/** The same text for the same parsed query, however it was spelled. */
export function queryKey(query: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(query, (_, value: unknown) => (value instanceof Set ? [...value].toSorted(byText) : value));
}

function byText(a: unknown, b: unknown): number {
  return compareText(String(a), String(b));
}

/** A parameter that takes one of these values; undefined when it is absent or empty. */
export function choice<const Choice extends string>(
  name: string,
  choices: readonly Choice[],
  keywords: Keywords = {},
): Field<Choice | undefined> {
  return { parameters: { [name]: oneOf(choices, keywords) }, parse: (query) => parseChoice(name, query.get(name), choices) };
}

/** The field with a value where nothing is said; an explicit default gives the same query. */
export function withDefault<Value>(field: Field<Value | undefined>, value: Value): Field<Value> {
  return { ...field, parse: (query, known) => field.parse(query, known) ?? value };
}

/** Parameters of addresses that only pages make: nothing describes them. */
export function textParameters(...names: readonly string[]): Field<unknown>['parameters'] {
  return Object.fromEntries(names.map((name) => [name, text()]));
}

/** Several fields as one. */
export function fieldOf<Declared extends Fields>(fields: Declared): Field<QueryOf<Declared>> {
  return { parameters: parametersOf(fields), parse: (query, known) => parseQuery(fields, query, known) };
}

/** The parameters of all fields, by name, in the order of the declaration. */
export function parametersOf(fields: Fields): Readonly<Record<string, Schema>> {
  return Object.assign({}, ...Object.values(fields).map(({ parameters }) => parameters));
}
