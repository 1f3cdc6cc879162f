/** Connecting where the person's shell prints something whenever it starts, which ssh would take for the connection. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Room } from './room.ts';

describe('a shell that prints whenever it starts', () => {
  let home: string;
  let room: Room;
  const loud = () => ({ SHELL: '/bin/bash', HOME: home, SHLVL: '0' });
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'berth-loud-'));
    await writeFile(join(home, '.bashrc'), 'echo welcome\n');
    Object.assign(process.env, loud());
    room = await Room.open();
  });
  after(async () => {
    await room?.[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  it('keeps nobody out: the bytes are carried then', async () => {
    const yak = await room.create('yak');
    const config = await readFile(room.home.folder.config(room.target.id), 'utf8');
    assert.match(config, /ProxyUseFdpass no/);
    assert.deepEqual(await room.ssh(yak, 'echo in', { env: loud() }), {
      code: 0,
      stdout: 'in\n',
      stderr: '',
    });
    // What would have been there without the look at the shell.
    const { code, stderr } = await room.ssh(yak, 'true', {
      env: loud(),
      args: ['-o', 'ProxyUseFdpass=yes'],
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /did not pass back a connection/);
  });
});
