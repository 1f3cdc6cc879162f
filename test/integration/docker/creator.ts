/**
 * A process that creates a workspace, or rebuilds it, and tells its progress line by line, to be killed on the way,
 * or cancelled by SIGTERM. `host`: the machine that it says to be on. `cloneOf`: whose home it is to begin with.
 */
import { hostname } from 'node:os';
import type { Progress } from '../../../src/engine/engine.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import { openSocket, testSettings } from '../engineBench.ts';

const [socketPath = '', name = '', image = '', host = '', cloneOf = ''] = process.argv.slice(2);
const engine = await openSocket(socketPath);
const report = (progress: Progress) => void process.stdout.write(`${JSON.stringify(progress)}\n`);
const cancelling = new AbortController();
const { signal } = cancelling;
process.once('SIGTERM', () => cancelling.abort());
if (image === 'rebuild') {
  await engine.rebuild(WorkspaceName.parse(name), { pull: false }, report, signal);
} else {
  await engine.create(
    {
      name: WorkspaceName.parse(name),
      settings: testSettings({ image }),
      maker: { identity: 'gone@example.org', host: host || hostname(), pid: process.pid },
      hostKey: generateKey(name),
      authorizedKeys: [],
      start: true,
      ...(cloneOf && { home: { kind: 'workspace', name: WorkspaceName.parse(cloneOf) } }),
    },
    report,
    signal,
  );
}
