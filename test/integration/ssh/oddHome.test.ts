/**
 * A real user of this machine whose home has spaces and a `%` in its path, with a `~/.ssh` that is really theirs: what
 * the person's own ssh makes of it, without any option of ours. Needs root, to make the user.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { type CommandOptions, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { dist, Room } from './room.ts';

const user = `berth-${randomBytes(3).toString('hex')}`;
let group = 0;
let parent = '';
let home = '';
let room: Room;
let yak: WorkspaceName;

before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'berth-odd-'));
  await chmod(parent, 0o755);
  home = join(parent, 'my 100% home');
  group = (await stat(dockerSocket)).gid;
  await run('useradd', [
    '--create-home',
    '--home-dir',
    home,
    '--shell',
    '/bin/bash',
    '--gid',
    String(group),
    user,
  ]);
  // A Node that they may run; ours may lie in a folder of root's.
  await cp(process.execPath, join(parent, 'node'));
  room = await Room.open({ folder: join(home, '.ssh') });
  await room.home.installProxy(dist, [join(parent, 'node')]);
  yak = await room.create('odd');
  await run('chown', ['-R', `${user}:`, home]);
});
after(async () => {
  await room?.[Symbol.asyncDispose]();
  await run('userdel', [user], { mayFail: true });
  await rm(parent, { recursive: true, force: true });
});

const asUser = (argv: string[], options: CommandOptions = {}) =>
  run('setpriv', ['--reuid', user, '--regid', String(group), '--clear-groups', '--reset-env', ...argv], {
    mayFail: true,
    cwd: '/',
    ...options,
  });

describe('a home with spaces and a %', () => {
  it('is connected from by plain ssh', async () => {
    const { code, stdout, stderr } = await asUser([
      'ssh',
      '-o',
      'BatchMode=yes',
      room.alias(yak),
      'echo hello',
    ]);
    assert.equal(stdout, 'hello\n', stderr);
    assert.equal(code, 0);
  });

  it('is connected from though $HOME says another', async () => {
    const { stdout, stderr } = await asUser(['env', 'HOME=/nowhere', 'ssh', room.alias(yak), 'echo hello']);
    assert.equal(stdout, 'hello\n', stderr);
  });

  it('starts what is off', async () => {
    await room.stop(yak);
    await room.home.markWanted(room.alias(yak));
    const { stdout, stderr } = await asUser(['ssh', room.alias(yak), 'echo hello']);
    assert.equal(stdout, 'hello\n', stderr);
  });

  it('has its line relative, so that nothing odd stands in the person’s config', async () => {
    // The room's folder stands for ~/.ssh of root's process; theirs is found by their own editor so.
    await writeFile(join(home, '.ssh', 'config'), 'Include berth/*.conf\nHost *\n  User nobody\n');
    await run('chown', [`${user}:`, join(home, '.ssh', 'config')]);
    const { stdout, stderr } = await asUser(['ssh', room.alias(yak), 'id -un']);
    assert.equal(stdout, 'root\n', stderr);
    assert.match(await readFile(room.home.folder.config(room.target.id), 'utf8'), /my 100%% home/);
    // The same line in a file elsewhere (remote.SSH.configFile) means the same folder.
    const elsewhere = join(parent, 'other config');
    await writeFile(elsewhere, 'Include berth/*.conf\n');
    const other = await asUser(['ssh', '-F', elsewhere, room.alias(yak), 'id -un']);
    assert.equal(other.stdout, 'root\n', other.stderr);
  });

  it('may use another shell', async () => {
    for (const shell of ['/bin/sh', '/usr/bin/fish']) {
      const { stdout, stderr } = await asUser([
        'env',
        `SHELL=${shell}`,
        'ssh',
        room.alias(yak),
        'echo hello',
      ]);
      assert.equal(stdout, 'hello\n', `${shell}: ${stderr}`);
    }
  });
});
