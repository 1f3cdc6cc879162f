/** The program beside homes, run by the shells of this machine on folders. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { type HomeVerb, homeArgv } from '../../../src/engine/homeScript.ts';
import { eventually } from '../../support/command.ts';
import { shells } from '../boot/shells.ts';

for (const shell of shells) {
  describe(`beside a home, in ${shell.join(' ')}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'berth-script-'));
    const home = join(folder, 'home');
    const other = join(folder, 'other');
    const run = (verb: HomeVerb, args: readonly string[], input?: Buffer, PATH = process.env.PATH) => {
      const [program = '', ...rest] = [...shell, ...homeArgv(verb, ...args).slice(1)];
      const env = { ...process.env, PATH };
      const { status, stdout, stderr } = spawnSync(program, rest, { input, env, maxBuffer: 1 << 26 });
      return { status, stdout, stderr: stderr.toString() };
    };
    const fill = (path: string, files: Readonly<Record<string, string>>) => {
      mkdirSync(path, { recursive: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    };
    const packed = () => execFileSync('tar', ['-C', other, '-cf', '-', '.']);
    const content = (path: string) =>
      Object.fromEntries(
        readdirSync(path)
          .sort()
          .map(file => [file, readFileSync(join(path, file), 'utf8')]),
      );

    /** As the next restore does first. */
    const goOn = () => {
      const { status, stderr } = run('stage', [home, 'next'], packed());
      assert.equal(status, 0, stderr);
      assert.equal(run('drop', [home, 'next']).status, 0);
    };

    beforeEach(() => {
      for (const path of [home, other]) rmSync(path, { recursive: true, force: true });
      fill(home, { old: '1', '.dot': '2', '..two': '3' });
      fill(other, { new: 'a', '-dash': 'b', 'new\nline': 'c', '.dot': 'd' });
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('packs all of it, and nothing that is being put together where its tar can leave that out', () => {
      fill(join(home, '.berth-swap', 'new'), { half: 'x' });
      const { status, stdout, stderr } = run('read', [home]);
      assert.equal(status, 0, stderr);
      const names = execFileSync('tar', ['-tf', '-'], { input: stdout }).toString().trim().split('\n').sort();
      const isGnu = stderr.startsWith('@berth home gnu ');
      const own = names.filter(name => isGnu || !name.startsWith('./.berth-swap/'));
      assert.deepEqual(own, ['./', './..two', './.dot', './old']);
      assert.match(stderr, /^@berth home (gnu|other) [1-9]\d* 0\n(?:.*\n)*@berth end 0\n$/);
    });

    it('puts another one beside it, and in its place when told so', () => {
      const staged = run('stage', [home, 'a'], packed());
      assert.equal(staged.status, 0, staged.stderr);
      assert.equal(readFileSync(join(home, 'old'), 'utf8'), '1');
      const swapped = run('swap', [home, 'a']);
      assert.equal(swapped.status, 0, swapped.stderr);
      assert.deepEqual(content(home), content(other));
    });

    it('leaves the old one alone where the other one is dropped', () => {
      run('stage', [home, 'a'], packed());
      assert.equal(run('drop', [home, 'a']).status, 0);
      assert.deepEqual(content(home), { old: '1', '.dot': '2', '..two': '3' });
    });

    it('takes away by itself what came by half', () => {
      fill(other, { large: 'x'.repeat(5000) });
      const half = execFileSync('tar', ['-C', other, '-cf', '-', 'large']).subarray(0, 3000);
      assert.notEqual(run('stage', [home, 'a'], half).status, 0);
      assert.deepEqual(content(home), { old: '1', '.dot': '2', '..two': '3' });
    });

    it('is never half of what another one brings at the same time, which goes on', async () => {
      const before = content(home);
      assert.equal(run('stage', [home, 'a'], packed()).status, 0);
      fill(other, { large: 'x'.repeat(100_000) });
      const tar = execFileSync('tar', ['-C', other, '-cf', '-', 'large', 'new']);
      const [program = '', ...rest] = [...shell, ...homeArgv('stage', home, 'b').slice(1)];
      const second = spawn(program, rest, { stdio: ['pipe', 'ignore', 'ignore'] });
      const ended = once(second, 'exit');
      try {
        second.stdin.write(tar.subarray(0, 60_000));
        const large = join(home, '.berth-swap', 'new-b', 'large');
        await eventually(() => existsSync(large), 'it has begun');
        assert.equal(run('swap', [home, 'a']).status, 46);
        assert.equal(run('drop', [home, 'a']).status, 0);
        const { '.berth-swap': _, ...rest } = Object.fromEntries(readdirSync(home).map(file => [file, '']));
        assert.deepEqual(Object.keys(rest).sort(), Object.keys(before).sort());
      } finally {
        second.stdin.end(tar.subarray(60_000));
      }
      assert.deepEqual(await ended, [0, null]);
      assert.equal(run('swap', [home, 'b']).status, 0);
      assert.deepEqual(Object.keys(content(home)), ['large', 'new']);
    });

    it('takes away by itself what came by half though another one has begun', async () => {
      fill(other, { large: 'x'.repeat(100_000) });
      const half = execFileSync('tar', ['-C', other, '-cf', '-', 'large']).subarray(0, 60_000);
      const [program = '', ...rest] = [...shell, ...homeArgv('stage', home, 'a').slice(1)];
      const first = spawn(program, rest, { stdio: ['pipe', 'ignore', 'ignore'] });
      const ended = once(first, 'exit');
      try {
        first.stdin.write(half);
        const large = join(home, '.berth-swap', 'new-a', 'large');
        await eventually(() => existsSync(large), 'it has begun');
        assert.equal(run('stage', [home, 'b'], packed()).status, 0);
      } finally {
        first.stdin.end();
      }
      const [code] = await ended;
      assert.notEqual(code, 0);
      assert.deepEqual(readdirSync(join(home, '.berth-swap')), ['new-b']);
      assert.equal(run('swap', [home, 'b']).status, 0);
      assert.deepEqual(content(home), content(other));
    });

    for (const [what, put] of [
      ['a file', (path: string) => writeFileSync(path, 'x')],
      ['a link to nothing', (path: string) => symlinkSync('nowhere', path)],
      ['a link to a folder', (path: string) => symlinkSync('mine', path)],
    ] as const) {
      it(`is not kept out by ${what} of that name`, () => {
        fill(join(home, 'mine', 'new-old'), { file: 'x' });
        put(join(home, '.berth-swap'));
        assert.equal(run('stage', [home, 'a'], packed()).status, 0);
        assert.ok(existsSync(join(home, 'mine', 'new-old', 'file')));
        assert.equal(run('swap', [home, 'a']).status, 0);
        assert.deepEqual(content(home), content(other));
      });
    }

    it('neither packs nor copies half a home', () => {
      fill(join(home, '.berth-swap', 'ready'), { more: 'x' });
      for (const [verb, args] of [
        ['read', [home]],
        ['adopt', [home, '0', '0', '0', '0']],
        ['copy', [home, other, '0', '0', '0', '0']],
      ] as const) {
        assert.equal(run(verb, args).status, 44, verb);
      }
      assert.equal(readFileSync(join(home, '.berth-swap', 'ready', 'more'), 'utf8'), 'x');
    });

    it('goes on with a swap though a program has made folders meanwhile', () => {
      for (const [path, text] of [
        ['.berth-swap/ready/.config', 'new'],
        ['.berth-swap/gone', 'old'],
        ['.config', 'meanwhile'],
      ] as const) {
        fill(join(home, path), { file: text });
      }
      goOn();
      assert.equal(readFileSync(join(home, '.config', 'file'), 'utf8'), 'new');
      assert.ok(!readdirSync(home).includes('.berth-swap'));
    });

    it('never takes an empty rest for a whole home', () => {
      run('stage', [home, 'a'], packed());
      const programs = join(folder, 'programs');
      // It breaks off once the new one has moved in; a shell with an rm of its own goes through.
      fill(programs, { rm: '#!/bin/sh\ncase $* in *ready) exit 1 ;; esac\nexec /bin/rm "$@"\n' });
      chmodSync(join(programs, 'rm'), 0o755);
      const path = `${programs}:${process.env.PATH}`;
      const { status } = run('swap', [home, 'a'], undefined, path);
      assert.equal(existsSync(join(home, '.berth-swap', 'ready')), status === 44);
      goOn();
      assert.deepEqual(content(home), content(other));
    });

    for (const [what, state] of [
      ['before the old one had moved', { ready: ['new', 'more'], old: ['gone'], left: ['late'] }],
      ['before the new one had moved in', { ready: ['more'], gone: ['old'], left: ['new'] }],
    ] as const) {
      it(`goes on with a swap that broke off ${what}`, () => {
        rmSync(home, { recursive: true });
        fill(home, Object.fromEntries(state.left.map(file => [file, file])));
        for (const part of ['ready', 'old', 'gone'] as const) {
          const files: readonly string[] | undefined =
            part in state ? state[part as keyof typeof state] : undefined;
          if (files)
            fill(join(home, '.berth-swap', part), Object.fromEntries(files.map(file => [file, file])));
        }
        goOn();
        assert.deepEqual(content(home), { more: 'more', new: 'new' });
      });
    }

    it('copies one into another, and leaves the first as it is', () => {
      rmSync(home, { recursive: true });
      mkdirSync(home);
      const before = content(other);
      const { status, stderr } = run('copy', [other, home, '0', '0', '0', '0']);
      assert.equal(status, 0, stderr);
      assert.deepEqual(content(home), before);
      assert.deepEqual(content(other), before);
    });

    it('takes an empty volume for no clone', () => {
      assert.equal(run('adopt', [other, '0', '0', '0', '0']).status, 0);
      const empty = join(folder, 'empty');
      mkdirSync(join(empty, 'lost+found'), { recursive: true });
      assert.equal(run('adopt', [empty, '0', '0', '0', '0']).status, 45);
    });
  });
}
