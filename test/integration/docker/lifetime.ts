/** A process that takes a workspace through its life and tells what it saw, in one line of JSON, by the clock it has. */
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { EngineBench, never, silent } from '../engineBench.ts';

/** A state, and how long ago what it began with was. */
export interface Seen {
  readonly kind: string;
  readonly cause?: string | undefined;
  readonly ageMs: number;
}
export interface Lifetime {
  readonly clockMs: number;
  readonly seen: Readonly<Record<string, Seen>>;
}

const [socketPath = ''] = process.argv.slice(2);
await using bench = await EngineBench.on(socketPath);
const seen: Record<string, Seen> = {};
const name = bench.newName();
const look = async (when: string) => {
  seen[when] = seenIn(await bench.find(name));
};
await bench.engine.create(bench.request(name), silent, never);
await look('created');
await bench.engine.stop(name, { force: false }, silent, never);
await look('stopped');
await bench.engine.start(name, silent, never);
await look('started');
const { settings, revision } = await bench.engine.record(name);
await bench.engine.edit(name, { settings: { ...settings, description: 'edited' }, revision }, silent, never);
await bench.engine.rebuild(name, { pull: false }, silent, never);
await look('rebuilt');
await bench.engine.stop(name, { force: true }, silent, never);
await look('forced off');
const lifetime: Lifetime = { clockMs: Date.now(), seen };
process.stdout.write(JSON.stringify(lifetime));

function seenIn(workspace: Workspace | undefined): Seen {
  if (!workspace) throw new Error('it is not in the list');
  const { state, startedAt, stoppedAt } = workspace;
  const ageMs = Date.now() - Date.parse(startedAt ?? stoppedAt ?? '');
  return { kind: state.kind, cause: state.cause, ageMs };
}
