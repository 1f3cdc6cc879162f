import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { parseLauncher, posixLauncher, windowsLauncher } from '../../../src/ssh/launcher.ts';

const folder = mkdtempSync(join(tmpdir(), "berth launcher 100% it's "));
after(() => rmSync(folder, { recursive: true }));
const program = 'bin/0123/proxy.cjs';
const saysChannel = `#!/bin/sh\necho "channel \${NODE_CHANNEL_FD-no}"`;

/** A stand-in for a Node that says how it was called. */
function node(name: string): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `#!/bin/sh\necho "${name}|$ELECTRON_RUN_AS_NODE|\${NODE_CHANNEL_FD-no}|\${NODE_OPTIONS-no}|$1|$2"\n`,
    { mode: 0o755 },
  );
  return path;
}

function launch(nodes: readonly string[], env: NodeJS.ProcessEnv = {}, shell = '/bin/sh') {
  const path = join(folder, 'proxy');
  writeFileSync(path, posixLauncher({ version: '0.1.0', nodes, program }), { mode: 0o755 });
  return spawnSync(shell, [path, 'yak.t.berth'], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', NODE_CHANNEL_FD: '7', NODE_OPTIONS: '--inspect', ...env },
  });
}

describe('the launcher', () => {
  const script = join(folder, program);

  it('takes the first Node that is there, as a Node, without the options of others', () => {
    const result = launch([join(folder, 'gone'), node('code'), node('other')]);
    assert.equal(result.stdout, `code|1|no|no|${script}|yak.t.berth\n`);
  });

  it('takes the node of the PATH at last', () => {
    mkdirSync(join(folder, 'path'), { recursive: true });
    node('path/node');
    const result = launch([join(folder, 'gone')], { PATH: `${join(folder, 'path')}:/usr/bin:/bin` });
    assert.equal(result.stdout, `path/node|1|no|no|${script}|yak.t.berth\n`);
  });

  it('says what is missing where there is none', () => {
    const result = launch([], { PATH: '/nowhere' });
    assert.equal(result.status, 127);
    assert.match(result.stderr, /^berth: no Node to run with: .*\n$/);
  });

  it('gives Node its channel where ssh waits for a socket, and only there', () => {
    const path = join(folder, 'proxy');
    writeFileSync(path, posixLauncher({ version: '0.1.0', nodes: [node('code')], program }), { mode: 0o755 });
    const ssh = (useFdpass: string) =>
      spawnSync(
        'ssh',
        [
          ...['-F', '/dev/null', '-o', `ProxyUseFdpass=${useFdpass}`],
          ...[
            '-o',
            `ProxyCommand='${path.replaceAll('%', '%%').replaceAll("'", "'\\''")}' %h`,
            'yak.t.berth',
          ],
        ],
        // The stand-in writes its words where ssh expects a socket or a banner; they are in the trace of neither.
        { encoding: 'utf8', timeout: 20_000 },
      );
    writeFileSync(join(folder, 'code'), `${saysChannel} >&2\n`, {
      mode: 0o755,
    });
    assert.match(ssh('yes').stderr, /^channel 1$/m);
    assert.match(ssh('no').stderr, /^channel no$/m);
  });

  it('is not deceived by programs that use sockets as pipes, as Node itself does', () => {
    writeFileSync(join(folder, 'code'), `${saysChannel}\n`, { mode: 0o755 });
    const path = join(folder, 'proxy');
    // spawnSync's own pipes are such sockets.
    assert.equal(spawnSync(path, ['x'], { encoding: 'utf8' }).stdout, 'channel no\n');
  });

  it('runs under every shell', () => {
    for (const shell of ['/bin/dash', '/bin/bash', '/bin/busybox']) {
      const path = join(folder, 'proxy');
      writeFileSync(path, posixLauncher({ version: '0.1.0', nodes: [node('code')], program }), {
        mode: 0o755,
      });
      const argv = shell.endsWith('busybox') ? ['sh', path, 'x'] : [path, 'x'];
      assert.equal(spawnSync(shell, argv, { encoding: 'utf8' }).stdout.split('|')[0], 'code', shell);
    }
  });

  it('can be read back, on both systems', () => {
    const paths = fc.array(
      fc.string({ unit: fc.constantFrom(..."ab c%'()&".split('')), minLength: 1 }).map(text => `/${text}`),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(paths, nodes => {
        for (const write of [posixLauncher, windowsLauncher]) {
          assert.deepEqual(parseLauncher(write({ version: '1.2.3-rc.1', nodes, program })), {
            version: '1.2.3-rc.1',
            nodes,
          });
        }
      }),
    );
    assert.deepEqual(parseLauncher('#!/bin/sh\nexec something else\n'), { version: '', nodes: [] });
  });

  it('is a cmd file with its own line ends on Windows', () => {
    const text = windowsLauncher({
      version: '0.1.0',
      nodes: ['C:\\Program Files\\VS Code\\Code.exe'],
      program,
    });
    assert.ok(
      text
        .split('\n')
        .slice(0, -1)
        .every(line => line.endsWith('\r')),
    );
    assert.match(text, /^ {2}"C:\\Program Files\\VS Code\\Code\.exe" "%~dp0bin\\0123\\proxy\.cjs" %\*\r$/m);
  });
});
