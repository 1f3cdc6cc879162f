/** A reporter for node:test that writes one line of JSON at the end: the totals, and what failed where. */
import { relative } from 'node:path';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What one run of test files came to. */
export interface Outcome extends Totals {
  /** Those that were run and failed; none where something failed that belongs to no such file. */
  readonly failedFiles: readonly string[];
  /** Each failed test in a few lines: file, name, the first words of its error. */
  readonly failures: readonly string[];
}

const mostWords = 600;

interface RunnerEvent {
  readonly type: string;
  readonly data: {
    /** Where the test is written: for those of a contract that several files run, that of the contract. */
    readonly file?: string;
    /** What was run. */
    readonly entryFile?: string;
    readonly name?: string;
    readonly details?: { readonly error?: { readonly cause?: unknown; readonly failureType?: string } };
    readonly counts?: Readonly<Record<'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>>;
  };
}

export default async function* totals(source: AsyncIterable<RunnerEvent>): AsyncGenerator<string> {
  const failedFiles = new Set<string>();
  const failures: string[] = [];
  for await (const { type, data } of source) {
    if (type === 'test:fail') {
      const file = data.entryFile ?? data.file ?? '';
      failedFiles.add(file);
      // A suite fails with its tests.
      const { cause, failureType } = data.details?.error ?? {};
      const words = String(cause instanceof Error ? cause.message : (cause ?? failureType)).slice(
        0,
        mostWords,
      );
      if (failureType !== 'subtestsFailed')
        failures.push(
          `${relative(process.cwd(), file)}: ${data.name}\n    ${words.replaceAll('\n', '\n    ')}`,
        );
    }
    if (type !== 'test:summary' || data.file !== undefined || !data.counts) continue;
    const { passed, failed, cancelled, skipped, todo } = data.counts;
    const outcome: Outcome = {
      passed,
      failed: failed + cancelled,
      skipped: skipped + todo,
      failedFiles: [...failedFiles].every(isTestFile) ? [...failedFiles] : [],
      failures,
    };
    yield JSON.stringify(outcome);
  }
}

/** Whether its tests run again when it does. */
function isTestFile(file: string): boolean {
  return file.endsWith('.test.ts');
}
