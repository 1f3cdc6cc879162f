import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { remoteCommand } from '../../../../src/commands/automation/remoteCommand.ts';

const home = mkdtempSync(join(tmpdir(), 'berth-task-'));
after(() => rmSync(home, { recursive: true }));

/** As sshd runs it: by the login shell, with the one string. */
function run(shell: readonly string[], remote: string): string {
  const [program = '', ...options] = shell;
  return execFileSync(program, [...options, '-c', remote], { cwd: home, encoding: 'utf8', timeout: 30_000 });
}

const hostile = `it's "quoted" \\' $HOME \`id\` ; echo no & $(echo no) 'a\\'`;

/** fish reads quotes by rules of its own; where it is not there, the others stand for it. */
function shells(): readonly (readonly string[])[] {
  const known = [['sh'], ['bash'], ['dash'], ['busybox', 'sh'], ['fish', '--no-config']] as const;
  return known.filter(([program]) => {
    try {
      return execFileSync('which', [program]).length > 0;
    } catch {
      return false;
    }
  });
}

for (const shell of shells()) {
  describe(`a task's command by ${shell.join(' ')}`, () => {
    const said = (command: string, cwd?: string) => run(shell, remoteCommand({ command, cwd }));

    it('is run by sh as it stands', () => {
      assert.equal(said("printf '%s' \"$((40 + 2)) it's\"; true | cat"), "42 it's");
      assert.equal(said('for i in 1 2; do\n  printf %s "$i"\ndone'), '12');
    });

    it('keeps every mark of what it is given', () => {
      const word = `'${hostile.replaceAll("'", `'\\''`)}'`;
      assert.equal(said(`printf '%s' ${word}`), hostile);
    });

    it('runs in a folder of any name, and nowhere where there is none', () => {
      assert.equal(said('pwd -P'), `${home}\n`);
      execFileSync('mkdir', ['-p', join(home, hostile), join(home, '-n'), join(home, '~')]);
      assert.equal(said('pwd -P', hostile), `${join(home, hostile)}\n`);
      assert.equal(said('pwd -P', '-n'), `${join(home, '-n')}\n`);
      assert.equal(said('pwd -P', '~/-n'), `${join(home, '-n')}\n`);
      assert.equal(said('pwd -P', '/'), '/\n');
      assert.throws(() => said('echo here', 'nowhere'), /nowhere/);
    });

    it('ends with the exit code of the command', () => {
      assert.throws(
        () => said('exit 7'),
        (error: unknown) => error instanceof Error && 'status' in error && error.status === 7,
      );
    });
  });
}
