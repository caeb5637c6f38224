/** `npm run bench`: the built program on files; `-- postgres`: the store in PostgreSQL; `-- scale`: pages and answers for more and more images; `-- tags`: images with a thousand tags; `-- soak`: 400 simulated days. See README.md. */
import { benchPostgres } from './postgres.ts';
import { benchProgram } from './program.ts';
import { benchScale } from './scale.ts';
import { benchSoak } from './soak.ts';
import { benchTags } from './tags.ts';

if (process.argv.includes('postgres')) await benchPostgres();
else if (process.argv.includes('scale')) await benchScale();
else if (process.argv.includes('tags')) await benchTags();
else if (process.argv.includes('soak')) await benchSoak();
else await benchProgram();
