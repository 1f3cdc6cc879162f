/** A home that is replaced, by the real program beside it, on folders of this machine. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, beforeEach, describe, it } from 'node:test';
import type { TarSource } from '../../../src/engine/engine.ts';
import { homeArgv } from '../../../src/engine/homeScript.ts';
import { fillHome, type RunAtHome } from '../../../src/engine/homeTransfer.ts';
import { BerthError, isBerthError } from '../../../src/workspace/error.ts';
import { madeTar } from '../backup/tars.ts';

describe('a home that is replaced', () => {
  const home = mkdtempSync(join(tmpdir(), 'berth-transfer-'));
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const never = new AbortController().signal;
  const tar = () => Readable.from([madeTar([{ name: 'new', content: 'two', ...owner }])]);
  const source: TarSource = { open: async () => ({ tar: tar(), owner }) };
  const run: RunAtHome = async (verb, args, words) => {
    const [program = '', ...rest] = homeArgv(verb, home, ...args);
    const child = spawn(program, rest);
    child.stderr.on('data', (bytes: Buffer) => words.take(bytes.toString()));
    child.once('close', () => words.close());
    return { stdin: child.stdin, stdout: child.stdout, [Symbol.dispose]: () => void child.kill() };
  };
  const fill = (at: RunAtHome, mayReplace?: () => Promise<void>) =>
    fillHome(at, source, owner, () => {}, never, mayReplace);

  beforeEach(() => {
    rmSync(home, { recursive: true });
    mkdirSync(home);
    writeFileSync(join(home, 'old'), 'one');
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it('is the other one afterwards', async () => {
    await fill(run, async () => assert.deepEqual(readdirSync(home).sort(), ['.berth-swap', 'old']));
    assert.deepEqual(readdirSync(home), ['new']);
    assert.equal(readFileSync(join(home, 'new'), 'utf8'), 'two');
  });

  it('stays as it was where its workspace was started meanwhile, with nothing beside it', async () => {
    const started = new BerthError('it runs', { code: 'conflict' });
    await assert.rejects(
      fill(run, () => Promise.reject(started)),
      started,
    );
    assert.deepEqual(readdirSync(home), ['old']);
  });

  it('is never said to be unchanged where the connection broke off while it changed', async () => {
    const cut: RunAtHome = async (verb, args, words, signal) => {
      if (verb === 'swap') words.close(new Error('socket hang up'));
      return await run(verb, args, words, signal);
    };
    await assert.rejects(fill(cut), error => {
      assert.ok(isBerthError(error, 'unreachable'));
      assert.match(error.message, /restore again/);
      return true;
    });
  });
});
