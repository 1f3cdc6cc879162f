/** From what an engine says of 1,000 containers to the items of the tree; no engine is asked. */

import { EngineClock } from '../../src/engine/clock.ts';
import { containerName, homeVolume, recordVolume } from '../../src/engine/docker/names.ts';
import { partsOfAll, workspaceOf } from '../../src/engine/docker/parts.ts';
import { containerReport, volumeReports } from '../../src/engine/docker/reports.ts';
import { partLabels, workspaceLabels } from '../../src/engine/labels.ts';
import { arrange } from '../../src/views/arrange.ts';
import type { ItemLook } from '../../src/views/itemLook.ts';
import { itemOf } from '../../src/views/items.ts';
import { TargetId, WorkspaceName } from '../../src/workspace/name.ts';
import { Record as WorkspaceRecord } from '../../src/workspace/record.ts';
import { type Benchmark, inTurns, timed } from './benchmark.ts';

const target = TargetId.parse('local');

export const listBenchmarks: readonly Benchmark[] = [
  {
    name: 'docker.list1000',
    measure: async () => {
      let run = 0;
      return await inTurns('ms', 9, () => {
        // Others each time: of known labels nothing would be parsed.
        const answers = makeAnswers(1000, `run ${run++}`);
        return timed(async () => {
          const items = itemsOf(answers);
          if (items.length !== 1000 || !items.every(({ label }) => label.startsWith('workspace-'))) {
            throw new Error('the items are not those of the answers');
          }
        });
      });
    },
  },
];

interface Answers {
  readonly containers: readonly unknown[];
  readonly volumes: unknown;
}

const clock = new EngineClock();

/** The way that a list goes through the engine and the tree, without the waiting. */
function itemsOf({ containers, volumes }: Answers): ItemLook[] {
  const parts = partsOfAll(containers.map(containerReport), volumeReports(volumes));
  const workspaces = [...parts.values()].map(part =>
    workspaceOf(
      target,
      part,
      {
        boot: 'ready',
        stopReason: undefined,
        isMakerAlive: false,
        failure: undefined,
        activity: undefined,
      },
      clock,
    ),
  );
  const arrangement = { order: 'name', filter: '', favourites: new Set<string>() } as const;
  return arrange(workspaces, arrangement).map(of =>
    itemOf(
      {
        kind: 'workspace',
        target,
        name: of.name,
        of,
        engine: 'docker',
        isFavourite: false,
        activity: undefined,
        madeBy: undefined,
        update: undefined,
      },
      Date.now(),
    ),
  );
}

/** As `GET /containers/{id}/json` and `GET /volumes` answer for workspaces with some settings each. */
function makeAnswers(count: number, description: string): Answers {
  const made = Array.from({ length: count }, (_, number) => makeWorkspace(number, description));
  return {
    containers: made.map(({ container }) => container),
    volumes: { Volumes: made.flatMap(({ volumes }) => volumes) },
  };
}

function makeWorkspace(number: number, description: string) {
  const name = WorkspaceName.parse(`workspace-${number}`);
  const record = WorkspaceRecord.parse({
    schema: 1,
    revision: 1,
    name,
    createdBy: 'someone@example.org',
    createdAt: '2026-01-02T03:04:05Z',
    settings: {
      image: 'ghcr.io/acme/dev:1',
      description: `${description}, number ${number}`,
      cpus: 2,
      memoryMiB: 4096,
      env: Array.from({ length: 10 }, (_, at) => ({ name: `NAME_${at}`, value: 'a value', secret: false })),
      ports: [{ port: 8080, label: 'web', protocol: 'http' }],
    },
    hostKey: { privateKey: '', publicKey: `ssh-ed25519 ${'A'.repeat(68)}` },
    authorizedKeys: [],
    image: { reference: 'ghcr.io/acme/dev:1', digest: `sha256:${'0'.repeat(64)}` },
    login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
  });
  const mounts = [homeVolume(name), recordVolume(name)].map(volume => ({ Type: 'volume', Name: volume }));
  const isRunning = number % 2 === 0;
  return {
    container: {
      Id: number.toString(16).padStart(64, '0'),
      Name: `/${containerName(name)}`,
      Image: `sha256:${'0'.repeat(64)}`,
      State: {
        Status: isRunning ? 'running' : 'exited',
        ExitCode: 0,
        OOMKilled: false,
        Error: '',
        StartedAt: '2026-01-02T03:04:05.678901234Z',
        FinishedAt: isRunning ? '0001-01-01T00:00:00Z' : '2026-01-02T04:04:05.678901234Z',
      },
      Config: { Labels: workspaceLabels(record) },
      Mounts: mounts,
      NetworkSettings: { Ports: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: String(30_000 + number) }] } },
    },
    volumes: [
      { Name: homeVolume(name), Labels: partLabels(name, 'home') },
      { Name: recordVolume(name), Labels: { ...workspaceLabels(record), ...partLabels(name, 'record') } },
    ],
  };
}
