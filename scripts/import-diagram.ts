/** The folders of src and their imports, as a diagram. */
import { cruise, type ICruiseResult } from 'dependency-cruiser';

const options = {
  doNotFollow: { path: 'node_modules' },
  exclude: '\\.test\\.ts$|/testing/|dashboard/client|package\\.json|dist/|openapi\\.json',
  tsPreCompilationDeps: true,
} as const;

/** A Mermaid flowchart; the core is left out as a target, because everything imports it. */
export async function importDiagram(): Promise<string> {
  const { output } = await cruise(['src'], options);
  if (typeof output === 'string') throw new Error('dependency-cruiser gave no modules');
  const edges = toEdges(output);
  if (edges.length === 0) throw new Error('dependency-cruiser found no imports');
  return ['flowchart TD', ...edges.map(([from, to]) => `  ${from} --> ${to}`)].join('\n');
}

function toEdges({ modules }: ICruiseResult): readonly (readonly [string, string])[] {
  const edges = new Set<string>();
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)];
      if (from !== undefined && to !== undefined && from !== to && to !== 'core') edges.add(`${from} ${to}`);
    }
  }
  return [...edges].toSorted().map((edge) => {
    const [from = '', to = ''] = edge.split(' ');
    return [from, to] as const;
  });
}

/** `src/http/pipeline.ts` → `http`, `src/main.ts` → `main`. */
function roomOf(path: string): string | undefined {
  return /^src\/(\w[\w-]*)(?:\/|\.ts$)/.exec(path)?.[1];
}
