/** The small decisions of the Docker engine's operations. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { capacityProblem, platformProblem } from '../../../../src/engine/capacity.ts';
import { pinnedReference, recordedImage } from '../../../../src/engine/docker/imageResolver.ts';
import { withoutPasswords } from '../../../../src/engine/docker/inspection.ts';
import { podmanLimits } from '../../../../src/engine/docker/liveLimits.ts';
import type { Parts } from '../../../../src/engine/docker/parts.ts';
import { nextStep } from '../../../../src/engine/docker/starting.ts';
import { editedRecord } from '../../../../src/engine/editedRecord.ts';
import type { EngineFacts, ImageDetails } from '../../../../src/engine/engine.ts';
import { parseRecord } from '../../../../src/engine/recordFile.ts';
import { Undo } from '../../../../src/engine/undo.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';
import type { SettingsInput } from '../../../../src/workspace/settings.ts';
import { containerOf, recordOf, recordVolumeOf, settingsOf, web } from './support.ts';

const facts: EngineFacts = {
  version: 'Docker 20.10',
  platforms: ['linux/amd64', 'linux/386'],
  cpus: 4,
  memoryBytes: 8 * 1024 ** 3,
  freeMemoryBytes: 4 * 1024 ** 3,
  freeDiskBytes: 30 * 1024 ** 3,
  runtimes: ['runc'],
  defaultRuntime: 'runc',
  gpus: false,
  isLocal: true,
};
const digest = `sha256:${'a'.repeat(64)}`;
const image: ImageDetails = {
  reference: 'debian:bookworm',
  id: `sha256:${'b'.repeat(64)}`,
  digests: [`debian@${digest}`],
  bytes: 1,
  createdAt: 0,
  platform: 'linux/amd64',
  user: '',
  env: [],
  exposedPorts: [],
  labels: {},
  entrypoint: [],
  command: [],
};

describe('capacityProblem', () => {
  const rows: [Partial<SettingsInput>, string | undefined][] = [
    [{ cpus: 4, memoryMiB: 4096, diskGiB: 30 }, undefined],
    [{ cpus: 5 }, 'no-capacity'],
    [{ cpus: 5, cpuAllocation: 'shares' }, undefined],
    [{ memoryMiB: 4097 }, 'no-capacity'],
    [{ diskGiB: 31 }, 'no-capacity'],
    [{ gpuCount: 1 }, 'unsupported'],
    [{ runtime: 'runc' }, undefined],
    [{ runtime: 'runsc' }, 'unsupported'],
  ];
  for (const [settings, code] of rows) {
    it(`${JSON.stringify(settings)}: ${code ?? 'fits'}`, () => {
      assert.equal(capacityProblem(settingsOf(settings), facts)?.code, code);
    });
  }
  it('what the engine cannot tell is not held against the workspace', () => {
    const { freeMemoryBytes: _, freeDiskBytes: __, ...rest } = facts;
    const settings = settingsOf({ memoryMiB: 8192, diskGiB: 60_000 });
    assert.equal(capacityProblem(settings, { ...rest, runtimes: [] }), undefined);
  });
});

describe('platformProblem', () => {
  for (const [platform, isProblem] of [
    ['linux/amd64', false],
    ['linux/386', false],
    ['', false],
    ['linux/arm64/v8', true],
    ['windows/amd64', true],
  ] as const) {
    it(`${platform || 'unknown'} ${isProblem ? 'is one' : 'is none'}`, () => {
      assert.equal(platformProblem({ ...image, platform }, facts) !== undefined, isProblem);
    });
  }
});

describe('the image of a record', () => {
  it('is pinned by the registry’s digest, else by the engine’s id', () => {
    assert.deepEqual(recordedImage(image), { reference: 'debian:bookworm', digest });
    assert.equal(recordedImage({ ...image, digests: [] }).digest, image.id);
    const other = `mirror.example.org/debian@sha256:${'c'.repeat(64)}`;
    assert.equal(recordedImage({ ...image, digests: [other, ...image.digests] }).digest, digest);
  });
  for (const [recorded, pinned] of [
    [{ reference: 'debian:bookworm', digest }, `debian@${digest}`],
    [{ reference: 'ghcr.io/a/b:1', digest }, `ghcr.io/a/b@${digest}`],
    [{ reference: 'debian:bookworm', digest: '' }, 'debian:bookworm'],
    [{ reference: 'abcdef012345', digest }, 'abcdef012345'],
  ] as const) {
    it(`${recorded.reference} with '${recorded.digest.slice(0, 10)}' is asked for as ${pinned.slice(0, 30)}`, () => {
      assert.equal(pinnedReference(recorded), pinned);
    });
  }
});

describe('nextStep', () => {
  const parts: Parts = {
    name: web,
    container: containerOf(),
    foreign: undefined,
    home: { name: 'berth-web-home', labels: {} },
    record: recordVolumeOf(),
    building: undefined,
    data: [],
    edits: [],
    passages: [],
    interims: [],
  };
  const rows: [string, Partial<Parts>, ReturnType<typeof nextStep>['do']][] = [
    ['off', { container: containerOf({ status: 'exited' }) }, 'start'],
    ['never started', { container: containerOf({ status: 'created' }) }, 'start'],
    ['running', {}, 'await'],
    ['paused', { container: containerOf({ status: 'paused' }) }, 'resume'],
    ['its container gone', { container: undefined }, 'remake'],
    ['its container half removed', { container: containerOf({ status: 'dead' }) }, 'remake'],
    ['interrupted', { building: { maker: { identity: '', host: '', pid: 1 }, at: 0, token: '' } }, 'finish'],
    ['its record gone', { record: undefined }, 'fail'],
    ['its home gone', { home: undefined }, 'fail'],
  ];
  for (const [what, more, step] of rows) {
    it(`${what}: ${step}`, () => assert.equal(nextStep({ ...parts, ...more }).do, step));
  }
});

describe('editedRecord', () => {
  const before = recordOf({ env: [{ name: 'A', value: 'hush', secret: true }] });
  it('counts the revision on and keeps secrets that were left out', () => {
    const settings = settingsOf({ env: [{ name: 'A', secret: true }] });
    const after = editedRecord(before, { revision: 3, settings }, 'docker');
    assert.equal(after.revision, 4);
    assert.equal(after.settings.env[0]?.value, 'hush');
    assert.deepEqual(after.authorizedKeys, before.authorizedKeys);
  });
  it('keeps a policy’s cap until another is given', () => {
    const capped = { ...before, capHours: 12 };
    const request = { revision: 3, settings: before.settings };
    assert.equal(editedRecord(capped, request, 'docker').capHours, 12);
    assert.equal(editedRecord(capped, { ...request, capHours: 24 }, 'docker').capHours, 24);
    assert.equal(editedRecord(before, request, 'docker').capHours, undefined);
  });
  it('refuses to change what never changes, by its title', () => {
    const settings = settingsOf({ diskGiB: before.settings.diskGiB + 1 });
    assert.throws(
      () => editedRecord(before, { revision: 3, settings }, 'docker'),
      error => isBerthError(error, 'invalid') && /Disk/.test(error.message),
    );
    assert.equal(
      editedRecord(before, { revision: 3, settings }, 'kubernetes').settings.diskGiB,
      settings.diskGiB,
    );
  });
  it('refuses an edit of another revision', () => {
    for (const revision of [2, 4]) {
      assert.throws(
        () => editedRecord(before, { revision, settings: before.settings }, 'docker'),
        error => isBerthError(error, 'stale'),
      );
    }
  });
});

describe('parseRecord', () => {
  it('gives back what was written', () => {
    const record = recordOf({ description: 'grüße', initScript: 'echo\n' });
    assert.deepEqual(parseRecord(web, JSON.stringify(record)), record);
  });
  it('tells a damaged record from a newer one, and shows nothing of either', () => {
    for (const [text, code] of [
      [undefined, 'invalid'],
      ['', 'invalid'],
      ['{"gitToken":"hushhush', 'invalid'],
      ['{"schema":1}', 'invalid'],
      ['{"schema":2,"secret":"hushhush"}', 'unsupported'],
    ] as const) {
      assert.throws(
        () => parseRecord(web, text),
        error =>
          isBerthError(error, code) &&
          !String(error).includes('hushhush') &&
          !String(error.cause).includes('hushhush'),
      );
    }
  });
  it('any text is a record or a BerthError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        try {
          parseRecord(web, text);
        } catch (error) {
          assert.ok(isBerthError(error));
        }
      }),
    );
  });
});

describe('withoutPasswords', () => {
  it('hides what is secret among a volume’s options', () => {
    const shown = (Driver: string, Options: Record<string, string>) =>
      JSON.stringify(
        withoutPasswords({ Name: 'v', Driver, Mountpoint: '/v', Labels: {}, Scope: 'local', Options }),
      );
    const o = 'addr=nas,username=ann,password=hush,vers=3';
    const share = shown('local', { type: 'cifs', o, device: '//nas/x' });
    assert.ok(!share.includes('hush'));
    assert.ok(share.includes('username=ann') && share.includes('vers=3') && share.includes('//nas/x'));
    const rclone = shown('rclone', { remote: ':s3,secret_access_key=hush:bucket' });
    assert.ok(!rclone.includes('hush') && rclone.includes('"remote":"***"'));
  });
});

describe('podmanLimits', () => {
  it('says the same in the words of the OCI runtime spec', () => {
    assert.deepEqual(podmanLimits({ NanoCpus: 1_500_000_000, CpuShares: 1024, Memory: 1, MemorySwap: 2 }), {
      cpu: { period: 100_000, quota: 150_000, shares: 1024 },
      memory: { limit: 1, swap: 2 },
    });
  });
});

describe('Undo', () => {
  it('goes backwards through all steps, and keeps the failed for another run', async () => {
    const done: string[] = [];
    let isBroken = true;
    const undo = new Undo();
    undo.push(async () => done.push('first'));
    undo.push(async () => {
      if (isBroken) throw new Error('away');
      done.push('second');
    });
    undo.push(async () => done.push('third'));
    assert.equal((await undo.run()).length, 1);
    assert.deepEqual(done, ['third', 'first']);
    isBroken = false;
    assert.equal((await undo.run()).length, 0);
    assert.deepEqual(done, ['third', 'first', 'second']);
  });
});
