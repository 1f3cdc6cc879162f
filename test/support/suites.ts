/** The suites of `npm test`: what each is made of, needs and may take. */

/** What has to stand before a suite may begin; test.ts makes each at most once. */
export type Preparation = 'build' | 'package' | 'machine' | 'engine' | 'codeServer' | 'cluster';

export interface Suite {
  readonly name: string;
  /** Glob of test files; absent for a suite that is a command. */
  readonly files?: string;
  /** npm script that is the whole suite. */
  readonly script?: string;
  readonly needs: readonly Preparation[];
  /** Runs when all others are done: their work would disturb it. */
  readonly isAlone?: true;
  readonly timeoutMs: number;
  /** For each single test. */
  readonly testTimeoutMs: number;
  /** Test files at once; 0: all in one process, for tests that share nothing but the processor. */
  readonly concurrency: number;
}

const minute = 60_000;
/** What takes long runs for long where CI has the night for it. */
const isNightly = process.env.BERTH_NIGHTLY === '1';

/** In the order in which they begin: the short ones first, then the long ones beside each other. */
export const suites: readonly Suite[] = [
  { name: 'check', script: 'check', needs: [], timeoutMs: 5 * minute, testTimeoutMs: minute, concurrency: 1 },
  {
    name: 'unit',
    files: 'test/unit/**/*.test.ts',
    needs: [],
    timeoutMs: 5 * minute,
    testTimeoutMs: minute,
    concurrency: 0,
  },
  {
    name: 'bundle',
    files: 'test/integration/bundle/**/*.test.ts',
    needs: ['package'],
    timeoutMs: 6 * minute,
    testTimeoutMs: minute,
    concurrency: 1,
  },
  // The longest, beside all that need no cluster; one file after the other, because some stop the cluster's programs.
  { ...integration('kubernetes', 60), needs: ['build', 'cluster', 'codeServer'] },
  { ...integration('registry', 15), needs: ['machine'], testTimeoutMs: minute },
  integration('boot', 20),
  integration('docker', 20),
  integration('ssh', 20, 'codeServer'),
  integration('targets', 20),
  { ...integration('pages', 15), needs: ['build', 'machine'] },
  {
    name: 'editor',
    files: 'test/e2e/**/*.test.ts',
    needs: ['engine', 'codeServer', 'package', 'cluster'],
    timeoutMs: 45 * minute,
    testTimeoutMs: 4 * minute,
    concurrency: 1,
    isAlone: true,
  },
  {
    name: 'soak',
    files: 'test/soak/*.test.ts',
    needs: ['engine', 'cluster'],
    // Three minutes, or an hour, and whatever a slow machine takes until everything has come to rest and is gone.
    timeoutMs: (isNightly ? 90 : 25) * minute,
    testTimeoutMs: (isNightly ? 85 : 20) * minute,
    concurrency: 1,
    isAlone: true,
  },
];

function integration(name: string, minutes: number, ...more: Preparation[]): Suite {
  return {
    name,
    files: `test/integration/${name}/**/*.test.ts`,
    needs: ['build', 'engine', ...more],
    timeoutMs: minutes * minute,
    testTimeoutMs: 5 * minute,
    concurrency: 1,
  };
}
