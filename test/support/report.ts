/** A reporter for node:test that writes one line of JSON at the end: the totals, for the runner to add up. */

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface RunnerEvent {
  readonly type: string;
  readonly data: {
    readonly file?: string;
    readonly counts?: Readonly<Record<'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>>;
  };
}

export default async function* totals(source: AsyncIterable<RunnerEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    if (type !== 'test:summary' || data.file !== undefined || !data.counts) continue;
    const { passed, failed, cancelled, skipped, todo } = data.counts;
    yield JSON.stringify({ passed, failed: failed + cancelled, skipped: skipped + todo } satisfies Totals);
  }
}
