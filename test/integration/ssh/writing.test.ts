/** Writers that meet, and writers that die, on real files and with real processes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../support/command.ts';
import { clockEnvironment, underClock } from '../../support/otherClock.ts';

let folder = '';
const children: ChildProcess[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-writing-'));
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const support = join(import.meta.dirname, 'writer.ts');

/** A process that writes into the folder: see writer.ts. */
function writer(sshFolder: string, who: string, times: number, clock?: string): ChildProcess {
  const words: [string, ...string[]] = [process.execPath, support, sshFolder, who, String(times)];
  const [program, ...rest] = clock === undefined ? words : underClock(clock, words);
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...clockEnvironment },
  });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr?.on('data', chunk => {
    errors += String(chunk);
  });
  await new Promise(resolve => child.once('close', resolve));
  return errors;
}

async function sshReads(sshFolder: string): Promise<void> {
  const { code, stderr } = await run('ssh', ['-G', '-F', join(sshFolder, 'config'), 'ws-1.t.berth'], {
    mayFail: true,
  });
  assert.equal(code, 0, stderr);
}

describe('two processes that write at once, 100 times each', () => {
  for (const clock of [undefined, '-1d', '+1h'])
    it(`leave files that are whole at every moment, one line of theirs, and no litter${clock ? `, also where the clock of one differs by ${clock}` : ''}`, () =>
      bothWrite(clock));

  async function bothWrite(clock: string | undefined): Promise<void> {
    const sshFolder = join(folder, `twice${clock ?? ''}`);
    const writers = [writer(sshFolder, 'a', 100), writer(sshFolder, 'b', 100, clock)];
    const done = Promise.all(writers.map(ended));
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    let reads = 0;
    while (!isDone) {
      const config = await readFile(join(sshFolder, 'berth', 't.conf'), 'utf8').catch(() => undefined);
      if (config !== undefined) {
        assert.match(config, /^# Written by Berth.*\n/);
        assert.match(config, /\n\nHost \*\.t\.berth\n(?: {2}.*\n)+$/);
        reads++;
      }
      if (reads % 20 === 10) await sshReads(sshFolder);
      await sleep(2);
    }
    assert.deepEqual(await done, ['', '']);
    assert.ok(reads > 10);
    const person = await readFile(join(sshFolder, 'config'), 'utf8');
    assert.equal(person.match(/Include/g)?.length, 1);
    // Both wrote their own line into a file of the person's, by the same way: none was lost.
    const counted = (await readFile(join(sshFolder, 'berth', 'known_hosts'), 'utf8')).trim().split('\n');
    assert.equal(counted.length, 50);
    assert.deepEqual(
      (await readdir(join(sshFolder, 'berth'))).filter(name => name.endsWith('.tmp')),
      [],
    );
    await sshReads(sshFolder);
  }
});

describe('a writer that is killed in the middle', () => {
  it('leaves the old file or the new, which ssh reads, and hinders nobody after it', async () => {
    const sshFolder = join(folder, 'killed');
    assert.equal(await ended(writer(sshFolder, 'first', 1)), '');
    await writeFile(join(sshFolder, 'config'), await readFile(join(sshFolder, 'config')));
    for (let round = 0; round < 25; round++) {
      const child = writer(sshFolder, `k${round}`, 1_000_000);
      const gone = ended(child);
      const conf = join(sshFolder, 'berth', 't.conf');
      const before = await readFile(conf, 'utf8');
      // It is at it once the file changes; then at any moment.
      for (let wait = 0; wait < 500 && (await readFile(conf, 'utf8')) === before; wait++) await sleep(5);
      await sleep(Math.random() * 20);
      child.kill('SIGKILL');
      await gone;
      await sshReads(sshFolder);
      assert.match(await readFile(conf, 'utf8'), /\n\nHost \*\.t\.berth\n(?: {2}.*\n)+$/);
    }
    const started = performance.now();
    assert.equal(await ended(writer(sshFolder, 'last', 1)), '');
    assert.ok(performance.now() - started < 20_000, 'the dead one’s lock is taken over at once');
    assert.match(await readFile(join(sshFolder, 'berth', 't.conf'), 'utf8'), /last/);
  });
});
