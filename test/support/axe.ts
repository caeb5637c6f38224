/** What an accessibility checker finds serious on a page. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const results = z.object({
  violations: z.array(z.object({ id: z.string(), impact: z.string().nullish(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** One line a finding: its rule and the first element. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The page's policy refuses scripts in it, so this one runs beside it.
  await page.evaluate(axe.source);
  const { violations } = results.parse(await page.evaluate('axe.run()'));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}
