/** `npm run bench`: the built program on files; `npm run bench -- postgres`: the store in PostgreSQL. See README.md. */
import { benchPostgres } from './postgres.ts';
import { benchProgram } from './program.ts';

await (process.argv.includes('postgres') ? benchPostgres() : benchProgram());
