import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exportLines, setEnvArguments, splitEnvironment } from '../../../src/boot/environment.ts';
import { shellOwnNames } from '../../../src/boot/shell.ts';
import { hostileText } from './hostile.ts';
import { output, shells } from './shells.ts';

const env = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value, secret: false }));
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
  fc.constantFrom(
    ...shellOwnNames,
    'IFS',
    'PATH',
    'ENV',
    'PS4',
    'LC_ALL',
    'BASH_ENV',
    'CDPATH',
    'POSIXLY_CORRECT',
  ),
);

describe('the environment of a workspace', () => {
  it('leaves to the session what the session sets itself, and says so', () => {
    const split = splitEnvironment(
      env({ HOME: '/x', SSH_TTY: '/dev/x', UID: '0', OPTIND: 'x', EDITOR: 'vi' }),
    );
    assert.deepEqual(split.kept, [{ name: 'EDITOR', value: 'vi' }]);
    assert.deepEqual(split.leftOut, ['HOME', 'SSH_TTY', 'UID', 'OPTIND']);
  });

  it('lets the last of two variables of one name win', () => {
    const { kept } = splitEnvironment([...env({ A: '1' }), ...env({ A: '2' })]);
    assert.deepEqual(kept, [{ name: 'A', value: '2' }]);
  });

  it('keeps line breaks from sshd, which would not start, and names the variables', () => {
    const split = splitEnvironment(env({ A: 'one', KEY: 'a\nb', CR: 'a\rb' }));
    assert.deepEqual(split.manyLines, ['KEY', 'CR']);
    assert.equal(setEnvArguments(split), '"A=one"');
    assert.match(exportLines(split), /^export KEY='a\nb'$/m);
  });

  it('quotes for SetEnv as argv_split reads it', () => {
    assert.equal(setEnvArguments(splitEnvironment(env({ A: 'a "b" \\ #c' }))), '"A=a \\"b\\" \\\\ #c"');
  });

  for (const shell of shells) {
    it(`reaches programs unchanged through ${shell.join(' ')}, whatever names and values are`, () => {
      fc.assert(
        fc.property(fc.dictionary(name, hostileText, { minKeys: 1, maxKeys: 30 }), values => {
          const split = splitEnvironment(env(values));
          const expected = Object.fromEntries(split.kept.map(({ name, value }) => [name, value]));
          const lines = output(shell, `${exportLines(split)}\nexec /usr/bin/env -0\n`).split('\0');
          const seen = Object.fromEntries(
            lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
          );
          for (const [key, value] of Object.entries(expected)) assert.equal(seen[key], value, key);
        }),
        { numRuns: 15 },
      );
    });
  }
});
