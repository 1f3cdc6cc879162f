/** A process that creates a workspace and tells its progress line by line, to be killed on the way. */
import { hostname } from 'node:os';
import { generateKey } from '../../../src/ssh/key.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import { testSettings } from '../engineBench.ts';
import { openNamespace } from './kubeBench.ts';

const [kubeconfig = '', namespace = '', name = '', settings = '{}'] = process.argv.slice(2);
const engine = await openNamespace(kubeconfig, namespace);
await engine.create(
  {
    name: WorkspaceName.parse(name),
    settings: testSettings(JSON.parse(settings)),
    maker: { identity: 'gone@example.org', host: hostname(), pid: process.pid },
    hostKey: generateKey(name),
    authorizedKeys: [],
    start: true,
  },
  progress => void process.stdout.write(`${JSON.stringify(progress)}\n`),
  new AbortController().signal,
);
