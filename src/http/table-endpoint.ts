/** Endpoints whose answer is rows, as JSON or CSV. */
import { csvChunks, jsonChunks, type Table } from '../core/views/table.ts';
import { endpoint, type Declaration, type Endpoint, type EndpointRequest, type ResponseDescription } from './endpoint.ts';
import { format } from './parameters.ts';
import { fieldOf, type Fields, type QueryOf } from './query.ts';
import { dataResponses } from './responses.ts';
import { list, text, type Schema } from './schema.ts';

interface TableDeclaration<Declared extends Fields, Deps> extends Omit<Declaration<Declared, Deps>, 'handle' | 'responses' | 'waitsFor'> {
  /** One row of the answer. */
  readonly row: Schema<object>;
  /** Beside those of all rows. */
  readonly responses?: Readonly<Record<number, ResponseDescription>>;
  readonly waitsFor?: Declaration<Declared, Deps>['waitsFor'];
  /** @throws AppError */
  readonly handle: (request: EndpointRequest<QueryOf<Declared>>, deps: Deps) => Promise<TablePage>;
}

/** All rows, or a page of them. */
export interface TablePage extends Table {
  /** The address of the next page, relative to that of this one. */
  readonly next?: string | undefined;
}

/** An endpoint of rows: `format` is among its parameters, and its CSV is a file to save. */
export function tableEndpoint<Declared extends Fields, Deps>(declaration: TableDeclaration<Declared, Deps>): Endpoint<Deps> {
  const { row, query, responses, waitsFor, handle, ...rest } = declaration;
  const fileName = `${rest.path.slice('/api/'.length).replaceAll('/', '-')}.csv`;
  return endpoint({
    ...rest,
    query: { rows: fieldOf(query), format },
    responses: { ...dataResponses({ 'application/json': list(row), 'text/csv': text() }), ...responses },
    waitsFor: waitsFor && ((request, deps: Deps) => waitsFor({ ...request, query: request.query.rows }, deps)),
    async handle(request, deps: Deps) {
      const table = await handle({ ...request, query: request.query.rows }, deps);
      return request.query.format === 'csv'
        ? { type: 'text/csv; charset=utf-8; header=present', chunks: csvChunks(table), fileName, next: table.next }
        : { type: 'application/json', chunks: jsonChunks(table), next: table.next };
    },
  });
}

/** The columns of a row, in the order of its schema. */
export function columnsOf({ properties = {} }: Schema): readonly string[] {
  return Object.keys(properties);
}
