/** An entry of a catalogue made real on an engine: read, reviewed, created, and what it runs at first seen to have run. */
import assert from 'node:assert/strict';
import type { Engine } from '../../src/engine/engine.ts';
import { go, runMoments } from '../../src/engine/moments.ts';
import { parseCatalogue } from '../../src/image/catalogue/catalogue.ts';
import { decide, reviewEntry, reviewed } from '../../src/image/catalogue/review.ts';
import { settingsOf } from '../../src/image/catalogue/settingsOf.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import { type EngineBench, failure, never, recorder } from './engineBench.ts';

const address = 'https://acme.org/catalogue/';

/** With a port, a config of each kind, a command of its own, and something that has to be allowed. */
const listOf = (image: string, unset: Readonly<Record<string, null>>) =>
  JSON.stringify({
    name: 'Acme',
    workspaces: [
      {
        friendly_name: 'Tool',
        description: 'A tool',
        image_src: 'tool.png',
        architecture: ['amd64'],
        compatibility: [{ version: '1.18.x', image, uncompressed_size_mb: 0, available_tags: [] }],
        run_config: {
          hostname: 'kasm-tool',
          environment: { TOOL_MODE: 'loud', ...unset },
          ports: { '8123/tcp': ['127.0.0.1', null] },
          shm_size: '96m',
          cap_add: ['SYS_NICE'],
          privileged: true,
          extra_hosts: { 'db.acme.test': '10.9.8.7' },
          tmpfs: { '/scratch': 'size=8m' },
          working_dir: '/usr/share',
          entrypoint: '/bin/sh',
          command: ['-c', 'id -un >/tmp/own; pwd >>/tmp/own; exec sleep 1000'],
          labels: { stolen: 'yes' },
        },
        exec_config: {
          first_launch: {
            cmd: `sh -c 'echo "$TOOL_STEP by $(id -un) in $(pwd)" >>/tmp/first; echo prepared'`,
            user: 'root',
            workdir: '/usr',
            environment: { TOOL_STEP: 'first' },
          },
          go: { cmd: `sh -c 'echo "$KASM_URL" >/tmp/opened'` },
          assign: { cmd: `sh -c 'echo assigned >>"$HOME/assigned"'` },
        },
      },
    ],
  });

export interface Made {
  readonly name: WorkspaceName;
  readonly engine: Engine;
  read(file: string): Promise<string>;
}

/** `image`: one that the engine has, by its name; `unset`: variables of it. Everything but `privileged` is allowed. */
export async function makeFromCatalogue(
  bench: EngineBench,
  image: string,
  { unset = {}, ...more }: Partial<SettingsInput> & { readonly unset?: Readonly<Record<string, null>> } = {},
): Promise<Made> {
  const { engine } = bench;
  const [entry] = parseCatalogue(listOf(image, unset)).entries;
  assert.ok(entry);
  const review = reviewEntry(address, entry, []);
  assert.equal(review.isSettled, false);
  const accepted = new Set(review.grants.map(({ id }) => id).filter(id => id !== 'privileged'));
  const { overrides, approval } = decide(review, accepted, 'entry', 1);
  assert.equal(overrides.privileged, undefined);
  const { settings } = settingsOf(entry, review, overrides, {});
  const name = bench.newName();
  const request = bench.request(name, { ...settings, ...more, cpus: 0.5, memoryMiB: 128 });

  const unreviewed = await failure(
    engine.create(request, () => undefined, never),
    'invalid',
  );
  assert.match(unreviewed.message, /want more of the engine than was reviewed/);
  assert.equal(await bench.find(name), undefined, 'nothing is left of what was refused');

  const pass = reviewed(request.settings, [approval]);
  await engine.create({ ...request, reviewed: pass }, () => undefined, never);
  const { report, seen } = recorder();
  for (let round = 0; round < 2; round++) {
    await runMoments(engine, { name, overrides }, ['firstLaunch', 'assign'], report, never);
  }
  const said = seen.flatMap(progress => (progress.kind === 'output' ? [progress.text] : [])).join('');
  assert.match(said, /^first_launch: sh -c .*\nprepared\nassign: /);
  const read = async (file: string) => {
    const { exitCode, stdout, stderr } = await engine.exec(name, ['cat', file]);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  };
  await go(engine, { name, overrides }, 'https://example.org/a b', report, never);
  assert.equal(await read('/tmp/opened'), 'https://example.org/a b\n');
  assert.equal(await read('/tmp/first'), 'first by root in /usr\n', 'once, though it was asked for twice');
  return { name, engine, read };
}

/** What the engines have in common of it. */
export async function seeThatItIsReal({ name, engine, read }: Made): Promise<void> {
  const { stdout: home } = await engine.exec(name, ['sh', '-c', 'echo "$HOME"']);
  assert.equal(await read(`${home.trim()}/assigned`), 'assigned\n');
  // The image's own command runs beside boot, and is not waited for.
  await engine.exec(name, [
    'sh',
    '-c',
    'for i in $(seq 300); do grep -q / /tmp/own && break; sleep 0.1; done',
  ]);
  assert.match(await read('/tmp/own'), /^\w+\n\/usr\/share\n$/);
  assert.match(await read('/etc/hosts'), /10\.9\.8\.7\s+db\.acme\.test/);
  assert.equal((await read('/proc/sys/kernel/hostname')).trim(), 'kasm-tool');
  assert.match(await read('/proc/mounts'), /^tmpfs \/scratch tmpfs [^\n]*size=8192k/m);
}
