/** A reporter for node:test that writes one line of JSON at the end: the totals, and the files in which a test failed. */

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What one run of test files came to. */
export interface Outcome extends Totals {
  /** Files in which a test failed. */
  readonly failedFiles: readonly string[];
}

interface RunnerEvent {
  readonly type: string;
  readonly data: {
    readonly file?: string;
    readonly counts?: Readonly<Record<'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>>;
  };
}

export default async function* totals(source: AsyncIterable<RunnerEvent>): AsyncGenerator<string> {
  const failedFiles = new Set<string>();
  for await (const { type, data } of source) {
    if (type === 'test:fail' && data.file !== undefined) failedFiles.add(data.file);
    if (type !== 'test:summary' || data.file !== undefined || !data.counts) continue;
    const { passed, failed, cancelled, skipped, todo } = data.counts;
    const outcome: Outcome = {
      passed,
      failed: failed + cancelled,
      skipped: skipped + todo,
      failedFiles: [...failedFiles],
    };
    yield JSON.stringify(outcome);
  }
}
