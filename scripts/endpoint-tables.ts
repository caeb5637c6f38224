/** The tables of endpoints and their parameters, out of what the endpoints declare. */
import type { Description } from '../src/http/endpoint.ts';
import { openApiPath } from '../src/http/openapi.ts';
import { parametersOf } from '../src/http/query.ts';
import type { Json } from '../src/http/schema.ts';

/** The endpoints with a line for each. */
export function summaryTable(endpoints: readonly Description[]): string {
  return table(
    ['Endpoint', 'Response'],
    endpoints.map(({ path, summary }) => [`\`GET ${openApiPath(path)}\``, summary]),
  );
}

/** The same with the fields of their rows and the order of the rows. */
export function rowTable(endpoints: readonly Description[]): string {
  return table(
    ['Endpoint', 'Response', 'Fields', 'Order'],
    endpoints.map((endpoint) => [
      `\`${openApiPath(endpoint.path)}\``,
      [endpoint.summary, endpoint.description].filter(Boolean).join('. ').replace(/\.$/, ''),
      fieldsOf(endpoint).map(code).join(', '),
      endpoint.order ?? '',
    ]),
  );
}

/** The parameters of the endpoints of data: their values, and who takes them. */
export function parameterTable(endpoints: readonly Description[]): string {
  const takers = new Map<string, { readonly schema: Json; readonly paths: string[] }>();
  for (const { path, query } of endpoints.filter((endpoint) => endpoint.path.startsWith('/api/'))) {
    for (const [name, schema] of Object.entries(parametersOf(query))) {
      const taker = takers.get(name) ?? { schema, paths: [] };
      taker.paths.push(code(path.slice('/api/'.length)));
      takers.set(name, taker);
    }
  }
  return table(
    ['Parameter', 'Endpoints', 'Values'],
    [...takers].map(([name, { schema, paths }]) => [code(name), paths.join(', '), valuesOf(schema)]),
  );
}

/** Those of a row, or of the one object; with a question mark where they may be absent. */
function fieldsOf({ path, responses }: Description): readonly string[] {
  const schema = path.startsWith('/api/') ? responses?.[200]?.content?.['application/json'] : undefined;
  const { properties = {}, required = [] } = schema?.items ?? schema ?? {};
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
}

function valuesOf({ description = '', enum: choices = [] }: Json): string {
  const values = choices.map((choice) => code(String(choice))).join(' or ');
  return [values, description].filter((text) => text !== '').join(': ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => '---'), ...rows].map(tableLine).join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
