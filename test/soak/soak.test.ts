/**
 * Thirty workspaces on Docker and Kubernetes, two Berths in processes of their own and a person with docker and kubectl, all
 * at random, for three minutes, or for an hour with BERTH_NIGHTLY=1. BERTH_SOAK_SEED throws the same dice again.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Target } from '../../src/engine/target.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { openSocket } from '../integration/engineBench.ts';
import { openNamespace } from '../integration/kubernetes/kubeBench.ts';
import { baseImage } from '../support/baseImage.ts';
import { type Cluster, ensureCluster } from '../support/cluster.ts';
import { endpointOf, imageSettings } from '../support/clusterImage.ts';
import { isAlive } from '../support/command.ts';
import { dockerSocket, removeByName } from '../support/dockerd.ts';
import { Mate } from './crew.ts';
import { Dice } from './dice.ts';
import { clearField, clusterField, contradictions, dockerField, type Field } from './field.ts';
import type { Ground, Report, Row } from './messages.ts';
import { clusterDeeds, dockerDeeds, person } from './person.ts';

const minute = 60_000;
const durationMs =
  Number(process.env.BERTH_SOAK_MINUTES ?? (process.env.BERTH_NIGHTLY === '1' ? 60 : 3)) * minute;
const seed = Number(process.env.BERTH_SOAK_SEED ?? randomInt(2 ** 31));
const workspaces = 30;
/** Until everybody sees the same: events, resyncs and pods that take their time to end. */
const settleMs = 3 * minute;
/** What caches, logs of the last activities and the garbage of an engine's library may come to. */
const growthBytes = 24 * 1024 ** 2;

const begin = 't-soak-';
const prefix = `${begin}${process.pid}-`;
const isOurs = (name: string) => name.startsWith(prefix);
const small = { memoryMiB: 64, diskGiB: 1, stopGraceSeconds: 2 };

let cluster: Cluster;
let grounds: readonly [Ground, Ground];
let fields: readonly [Field, Field];
const mates: Mate[] = [];

before(async () => {
  await sweep();
  cluster = await ensureCluster(console.log);
  const namespace = cluster.namespaces.usual;
  const endpoint = await endpointOf(cluster.userKubeconfig, namespace);
  grounds = [
    {
      target: targetOf('docker', { type: 'unix', path: dockerSocket }),
      names: namesOf('d'),
      settings: { ...small, image: baseImage, cpus: 0.5 },
    },
    {
      target: targetOf('kubernetes', endpoint),
      names: namesOf('k'),
      // On a cluster they are reserved.
      settings: { ...small, ...(await imageSettings(cluster, namespace)), cpus: 0.1 },
    },
  ];
  fields = [
    dockerField(await openSocket(dockerSocket), dockerSocket, prefix),
    clusterField(await openNamespace(cluster.userKubeconfig, namespace), cluster, namespace),
  ];
});

after(async () => {
  for (const mate of mates) await mate[Symbol.asyncDispose]();
  for (const field of fields ?? []) {
    await clearField(field, isOurs).catch(() => {});
    field.engine[Symbol.dispose]();
  }
  await sweep(prefix);
  await cluster?.[Symbol.asyncDispose]();
});

it('ends with both trees equal to the engines, nothing orphaned, nothing grown and nothing unhandled', async t => {
  t.diagnostic(`BERTH_SOAK_SEED=${seed}, ${durationMs / minute} min`);
  const [dockerGround, clusterGround] = grounds;
  for (const [index, who] of ['ada@example.org', 'ben@example.org'].entries())
    mates.push(new Mate({ who, seed: seed + index, grounds: [...grounds], hands: 3 }));
  const until = new AbortController();
  const deeds = [
    person(new Dice(seed + 2), dockerDeeds(dockerSocket), some(dockerGround.names), until.signal),
    person(
      new Dice(seed + 3),
      clusterDeeds(cluster, cluster.namespaces.usual),
      some(clusterGround.names),
      until.signal,
    ),
  ];
  // What a Berth loads and keeps, it has by then.
  await sleep(durationMs / 3);
  const before = await Promise.all(mates.map(mate => mate.heap()));
  await sleep((durationMs * 2) / 3);
  until.abort();
  t.diagnostic(`by hand: ${(await Promise.all(deeds)).join(' and ')}`);
  await Promise.all(mates.map(mate => mate.rest()));

  await settled();
  const afterwards = await Promise.all(mates.map(mate => mate.heap()));
  const reports: Report[] = [];
  for (const mate of mates) reports.push(await mate.end());
  for (const [index, { tally, failures, problems }] of reports.entries()) {
    t.diagnostic(`${mates[index]?.who}: ${JSON.stringify(tally)}`);
    for (const failure of failures) t.diagnostic(failure);
    t.diagnostic(`heap: ${before[index]} to ${afterwards[index]} bytes`);
    assert.deepEqual(problems, []);
  }
  for (const [index, bytes] of afterwards.entries())
    assert.ok(bytes < (before[index] ?? 0) + growthBytes, `${bytes} bytes instead of ${before[index]}`);

  for (const field of fields) await clearField(field, isOurs);
  await eventuallyNone('left over', async () => {
    const left = await Promise.all(fields.map(field => field.things()));
    return left.flat().flatMap(({ workspace, kind, name }) => (isOurs(workspace) ? [`${kind} ${name}`] : []));
  });
});

/** Both trees show what the engines say, and the engines have what they say. */
async function settled(): Promise<void> {
  await eventuallyNone('different', async () => {
    const truth = (await Promise.all(grounds.map((ground, index) => rowsOn(ground, fields[index])))).flat();
    const trees = await Promise.all(mates.map(mate => mate.tree()));
    const wrong = await Promise.all(fields.map(field => contradictions(field, isOurs)));
    return [
      ...wrong.flat(),
      ...trees.flatMap((rows, index) => differences(mates[index]?.who ?? '', rows, truth)),
    ];
  });
}

async function rowsOn({ target }: Ground, field: Field | undefined): Promise<Row[]> {
  const listed = (await field?.engine.list()) ?? [];
  return listed.map(({ name, state }) => ({
    target: target.id,
    name,
    state: state.kind,
    reason: state.reason,
  }));
}

function differences(who: string, rows: readonly Row[], truth: readonly Row[]): string[] {
  const words = (all: readonly Row[]) =>
    new Set(
      all
        .filter(({ name }) => isOurs(name))
        .map(({ target, name, state, reason }) => `${name} on ${target}: ${state} (${reason})`),
    );
  const [seen, real] = [words(rows), words(truth)];
  return [
    ...[...seen].filter(row => !real.has(row)).map(row => `${who} sees ${row}`),
    ...[...real].filter(row => !seen.has(row)).map(row => `${who} does not see ${row}`),
  ];
}

/** Until there is none of it; fails with what there was at the end. */
async function eventuallyNone(what: string, look: () => Promise<readonly string[]>): Promise<void> {
  const end = performance.now() + settleMs;
  for (;;) {
    const found = await look();
    if (found.length === 0) return;
    if (performance.now() > end) assert.fail(`${what}:\n${found.join('\n')}`);
    await sleep(1_000);
  }
}

/** What killed runs have left on Docker, which is this machine's; a cluster goes with its run. */
async function sweep(of = begin): Promise<void> {
  await removeByName(name => {
    const pid = Number(/^berth-t-soak-(\d+)-/.exec(name)?.[1]);
    return name.startsWith(`berth-${of}`) && (pid === process.pid || !isAlive(pid));
  });
}

function targetOf(kind: Target['kind'], endpoint: Target['endpoint']): Target {
  return Target.parse({ kind, id: kind, title: kind, endpoint, origin: 'by hand' });
}

function namesOf(letter: string): WorkspaceName[] {
  return Array.from({ length: workspaces / 2 }, (_, index) =>
    WorkspaceName.parse(`${prefix}${letter}-${index}`),
  );
}

function some<T>([first, ...rest]: readonly T[]): readonly [T, ...T[]] {
  assert.ok(first !== undefined);
  return [first, ...rest];
}
