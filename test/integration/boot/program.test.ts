/** boot.sh as a program text: POSIX sh, without a finding, readable by every shell that may run it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../support/command.ts';

const bootScript = fileURLToPath(new URL('../../../src/boot/boot.sh', import.meta.url));

describe('boot.sh', () => {
  it('is clean for shellcheck, as POSIX sh', async () => {
    const { stdout } = await run('shellcheck', ['--shell=sh', '--format=gcc', bootScript], { mayFail: true });
    assert.equal(stdout, '');
  });

  for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const) {
    it(`parses in ${shell.join(' ')}`, async () => {
      const [file, ...args] = shell;
      await run(file, [...args, '-n', bootScript]);
    });
  }

  it('refuses a command that it does not know', async () => {
    const { code, stderr } = await run('sh', [bootScript, 'frobnicate'], { mayFail: true });
    assert.equal(code, 1);
    assert.equal(stderr, "berth: unknown command 'frobnicate'\n");
  });

  it('does nothing at all when it was cut off in writing, wherever', async () => {
    const text = await readFile(bootScript, 'utf8');
    const begin = text.indexOf('\n{') + 2;
    const cuts = Array.from(
      { length: 40 },
      (_, at) => begin + Math.floor(((text.length - 3 - begin) * at) / 39),
    );
    for (const cut of cuts) {
      const { code, stdout } = await run('sh', ['-s', 'attach'], {
        input: text.slice(0, cut),
        mayFail: true,
      });
      assert.notEqual(code, 0, `cut at ${cut}`);
      assert.equal(stdout, '', `cut at ${cut}`);
    }
  });
});
