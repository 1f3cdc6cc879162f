/** What a run of tests came to: which files are worth running once more, and that none is where that would prove nothing. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../../support/command.ts';
import type { Outcome } from '../../support/report.ts';

const reporter = join(import.meta.dirname, '../../support/report.ts');
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-test-report-'));
  const files = {
    'contract.ts':
      "import { test } from 'node:test';\nexport const contract = () => { test('kept', () => { throw new Error('broken'); }); };",
    'keeper.test.ts': "import { contract } from './contract.ts';\ncontract();",
    'good.test.ts': "import { test } from 'node:test';\ntest('good', () => {});",
    'crash.test.ts': 'process.exit(3);',
    'script.ts': 'process.exit(3);',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
after(() => rm(folder, { recursive: true, force: true }));

async function outcomeOf(...files: readonly string[]): Promise<Outcome> {
  const { stdout } = await run(process.execPath, ['--test', `--test-reporter=${reporter}`, ...files], {
    cwd: folder,
    // A run within a run would do nothing.
    env: { NODE_TEST_CONTEXT: undefined },
    mayFail: true,
  });
  return JSON.parse(stdout);
}

test('a failure in a contract is one of the file that runs it: the contract alone would pass', async () => {
  const { failed, failedFiles, failures } = await outcomeOf('keeper.test.ts', 'good.test.ts');
  assert.equal(failed, 1);
  assert.deepEqual(failedFiles, [join(folder, 'keeper.test.ts')]);
  assert.match(failures.join(), /keeper\.test\.ts: kept\n {4}broken/);
});

test('a file that crashes is one that failed', async () => {
  const { passed, failed, failedFiles } = await outcomeOf('crash.test.ts', 'good.test.ts');
  assert.deepEqual([passed, failed, failedFiles], [1, 1, [join(folder, 'crash.test.ts')]]);
});

test('where something fails that is no file of tests, nothing is run once more', async () => {
  const { failed, failedFiles } = await outcomeOf('script.ts', 'keeper.test.ts');
  assert.deepEqual([failed, failedFiles], [2, []]);
});
