/** The order of the files: what runs programs, databases and browsers comes first, so that no long file is left at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class WaitingFirst extends BaseSequencer {
  /** Within each half as Vitest does: the slowest of the last run first. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort.call(this, files);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

/** Files of the folders in test/. */
function waits({ moduleId }: TestSpecification): boolean {
  return /\/test\/[^/]+\//.test(moduleId);
}
