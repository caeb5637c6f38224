/** `npm run bench`: the built program on files; `-- postgres`: the store in PostgreSQL; `-- soak`: 400 simulated days. See README.md. */
import { benchPostgres } from './postgres.ts';
import { benchProgram } from './program.ts';
import { benchSoak } from './soak.ts';

if (process.argv.includes('postgres')) await benchPostgres();
else if (process.argv.includes('soak')) await benchSoak();
else await benchProgram();
