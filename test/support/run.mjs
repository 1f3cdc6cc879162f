/**
 * The way into `npm start`, `npm test` and `npm run bench`. Runs on Node 20 with nothing installed: installs the
 * project's packages where they are missing or other than the lock file says, then goes on under the project's own Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Whether every package of the lock file is there in that version; those for other platforms may be absent. */
function isInstalled() {
  try {
    const read = path => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
    const there = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([path, { version, optional }]) =>
        path === '' || there[path]?.version === version || (optional && there[path] === undefined),
    );
  } catch {
    return false;
  }
}

/** One at a time: npm ci empties the folder first, under whoever else has just filled it. */
const lock = join(tmpdir(), `berth-npm-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`);
while (!isInstalled()) {
  try {
    mkdirSync(lock);
  } catch {
    // Held by another, or left behind by one that was killed long ago.
    const held = statSync(lock, { throwIfNoEntry: false });
    if (held && Date.now() - held.mtimeMs > 600_000) rmdirSync(lock);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    continue;
  }
  const { status } = isInstalled()
    ? { status: 0 }
    : spawnSync('npm', ['ci'], { cwd: root, stdio: ['ignore', 2, 2], timeout: 600_000 });
  rmdirSync(lock);
  if (status !== 0) process.exit(status ?? 1);
}

const [command, ...args] = process.argv.slice(2);
const child = spawn(
  join(root, 'node_modules', '.bin', 'node'),
  [join(root, 'test', 'support', `${command}.ts`), ...args],
  { cwd: root, stdio: 'inherit' },
);
// A Ctrl-C reaches the child from the terminal; whoever ends only us means the child too.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (status, signal) => process.exit(status ?? (signal === 'SIGINT' ? 130 : 1)));
