import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { type Guest, removeGuest, sessionCommand } from '../../../src/adopt/guestSshd.ts';
import type { Adoptable } from '../../../src/engine/adoptable.ts';
import { adopted } from './samples.ts';

const place = { name: 'theirs', id: 'c0ffee' };
const folder = `/tmp/.berth-${process.pid.toString(16).padStart(16, '0')}`;
const elsewhere = `${folder}-elsewhere`;
const guest = { ...adopted.entry, folder } as Guest;
const [program = '', ...argv] = sessionCommand(guest, 'ssh-ed25519 AAAA');
const session = () => execFileSync(program, argv, { encoding: 'utf8' });
const here: Adoptable = {
  candidates: async () => [],
  look: async () => ({ kind: 'gone' }) as const,
  open: () => Promise.reject(new Error('no')),
  dial: () => Promise.reject(new Error('no')),
  exec: async (_place, [program = '', ...argv]) => ({
    exitCode: 0,
    stdout: execFileSync(program, argv, { encoding: 'utf8' }),
    stderr: '',
  }),
};

/** With everything in it that a session looks at. */
function fill(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(join(path, 'stamp'), argv.at(-1) ?? '');
  writeFileSync(join(path, 'sshd'), join(path, 'program'));
  writeFileSync(join(path, 'program'), '#!/bin/sh\necho ran\n');
  chmodSync(join(path, 'program'), 0o755);
}

describe('the folder that sshd is run out of', () => {
  afterEach(() => {
    for (const path of [folder, elsewhere]) rmSync(path, { recursive: true, force: true });
  });

  it('is the one that Berth made', () => {
    fill(folder);
    assert.equal(session(), 'ran\n');
  });

  it('is none that another has put in its place, though all in it is right', () => {
    fill(elsewhere);
    symlinkSync(elsewhere, folder);
    assert.equal(session(), '');
  });

  it('goes with the directory that sshd wanted, and nothing goes that another says', async () => {
    fill(elsewhere);
    const made = join(elsewhere, 'made-there');
    mkdirSync(made);
    writeFileSync(join(elsewhere, 'made'), made);
    symlinkSync(elsewhere, folder);
    await removeGuest(here, place, guest);
    assert.equal(lstatSync(folder, { throwIfNoEntry: false }), undefined);
    assert.ok(existsSync(made));

    fill(folder);
    writeFileSync(join(folder, 'made'), made);
    await removeGuest(here, place, guest);
    assert.ok(!existsSync(made) && !existsSync(folder));
  });
});
