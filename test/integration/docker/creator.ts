/** A process that creates a workspace, or rebuilds it, and tells its progress line by line, to be killed on the way. */
import { hostname } from 'node:os';
import type { Progress } from '../../../src/engine/engine.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import { openSocket, testSettings } from '../engineBench.ts';

const [socketPath = '', name = '', image = ''] = process.argv.slice(2);
const engine = await openSocket(socketPath);
const report = (progress: Progress) => void process.stdout.write(`${JSON.stringify(progress)}\n`);
const { signal } = new AbortController();
if (image === 'rebuild') {
  await engine.rebuild(WorkspaceName.parse(name), { pull: false }, report, signal);
} else {
  await engine.create(
    {
      name: WorkspaceName.parse(name),
      settings: testSettings({ image }),
      maker: { identity: 'gone@example.org', host: hostname(), pid: process.pid },
      hostKey: generateKey(name),
      authorizedKeys: [],
      start: true,
    },
    report,
    signal,
  );
}
