/** The life of a workspace as it is seen by a process whose clock may be wrong. */
import assert from 'node:assert/strict';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { type EngineBench, never, silent } from './engineBench.ts';

const minute = 60_000;

/** A state, and how long ago what it began with was. */
interface Seen {
  readonly kind: string;
  readonly cause?: string | undefined;
  readonly ageMs: number;
}
export interface Lifetime {
  readonly clockMs: number;
  readonly seen: Readonly<Record<string, Seen>>;
}

/** Takes a workspace through its life, by the clock that this process has. */
export async function lifetimeIn(bench: EngineBench): Promise<Lifetime> {
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
  await bench.engine.edit(
    name,
    { settings: { ...settings, description: 'edited' }, revision },
    silent,
    never,
  );
  await bench.engine.rebuild(name, { pull: false }, silent, never);
  await look('rebuilt');
  await bench.engine.stop(name, { force: true }, silent, never);
  await look('forced off');
  return { clockMs: Date.now(), seen };
}

function seenIn(workspace: Workspace | undefined): Seen {
  if (!workspace) throw new Error('it is not in the list');
  const { state, startedAt, stoppedAt } = workspace;
  const ageMs = Date.now() - Date.parse(startedAt ?? stoppedAt ?? '');
  return { kind: state.kind, cause: state.cause, ageMs };
}

/** Every state and its age are as they were, though the clock was wrong. */
export function assertLifetime({ clockMs, seen }: Lifetime): void {
  assert.ok(Math.abs(clockMs - Date.now()) > 50 * minute, 'its clock is another');
  const states = Object.fromEntries(
    Object.entries(seen).map(([when, { kind, cause }]) => [when, cause ? `${kind}: ${cause}` : kind]),
  );
  assert.deepEqual(states, {
    created: 'Running',
    stopped: 'Off: person',
    started: 'Running',
    rebuilt: 'Running',
    'forced off': 'Off: person',
  });
  for (const [when, { ageMs }] of Object.entries(seen))
    assert.ok(Math.abs(ageMs) < minute, `${when} ${ageMs} ms ago`);
}
