/**
 * The way into `npm start`, `npm test` and `npm run bench`. Runs on Node 20 with nothing installed: installs the
 * project's packages where they are missing, then goes on under the project's own Node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const installed = join(root, 'node_modules', '.package-lock.json');
const lock = join(root, 'package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  const { status } = spawnSync('npm', ['ci'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

const [command, ...args] = process.argv.slice(2);
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'node'),
  [join(root, 'test', 'support', `${command}.ts`), ...args],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
