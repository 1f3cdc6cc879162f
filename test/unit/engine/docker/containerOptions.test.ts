import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostConfig } from 'dockerode';
import { containerOptions, liveUpdate } from '../../../../src/engine/docker/containerOptions.ts';
import type { SettingsInput } from '../../../../src/workspace/settings.ts';
import { recordOf, settingsOf } from './support.ts';

const image = { id: 'sha256:1', user: 'dev', entrypoint: ['/init'], command: ['serve', '--all'] };
const optionsOf = (settings: Partial<SettingsInput> = {}) =>
  containerOptions(recordOf(settings), image, 'berth-web');
const hostOf = (settings: Partial<SettingsInput>): HostConfig => optionsOf(settings).HostConfig ?? {};

describe('containerOptions', () => {
  it('publishes ssh on the loopback only, on a port that the engine chooses', () => {
    assert.deepEqual(hostOf({}).PortBindings, { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] });
  });

  it('has neither init nor health check nor restart policy', () => {
    const options = optionsOf();
    assert.equal(options.HostConfig?.Init, undefined);
    assert.equal(options.HostConfig?.RestartPolicy, undefined);
    assert.deepEqual(options.Healthcheck, { Test: ['NONE'] });
  });

  it('uses the image by its id, so that a moving tag changes nothing', () => {
    assert.equal(optionsOf().Image, 'sha256:1');
  });

  it('mounts record and home', () => {
    assert.deepEqual(hostOf({}).Mounts, [
      { Type: 'volume', Source: 'berth-web-record', Target: '/berth' },
      { Type: 'volume', Source: 'berth-web-home', Target: '/home/dev' },
    ]);
  });

  const resources: [Partial<SettingsInput>, Partial<HostConfig>][] = [
    [{ cpus: 1.5 }, { NanoCpus: 1_500_000_000 }],
    [{ cpus: 0.1, cpuAllocation: 'quotas' }, { NanoCpus: 100_000_000 }],
    [
      { cpus: 2, cpuAllocation: 'shares' },
      { CpuShares: 2048, NanoCpus: undefined as never },
    ],
    [{ memoryMiB: 512 }, { Memory: 512 * 1024 ** 2, MemorySwap: 1024 * 1024 ** 2 }],
    [{ sharedMemoryMiB: 256 }, { ShmSize: 256 * 1024 ** 2 }],
    [{ gpuCount: 2 }, { DeviceRequests: [{ Driver: '', Count: 2, Capabilities: [['gpu']] }] }],
    [{}, { DeviceRequests: undefined as never, Runtime: undefined }],
    [{ runtime: 'runsc' }, { Runtime: 'runsc' }],
  ];
  for (const [settings, expected] of resources) {
    it(`${JSON.stringify(settings)} gives ${Object.keys(expected).join(', ')}`, () => {
      const host = hostOf(settings);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(host[key as keyof HostConfig], value, key);
    });
  }

  it('takes the stop grace, and the person’s labels', () => {
    const options = optionsOf({ stopGraceSeconds: 33, labels: [{ name: 'team', value: 'red' }] });
    assert.equal(options.StopTimeout, 33);
    assert.equal(options.Labels?.team, 'red');
  });

  it('boot is the first process, as root', () => {
    const { Entrypoint, Cmd, User, StopSignal } = optionsOf({ firstProcess: 'boot' });
    assert.deepEqual(
      { Entrypoint, Cmd, User, StopSignal },
      {
        Entrypoint: ['/bin/sh', '/berth/boot.sh'],
        Cmd: [],
        User: '0:0',
        StopSignal: 'SIGTERM',
      },
    );
  });

  it('beside: boot runs the image’s own command as the image’s user', () => {
    assert.deepEqual(optionsOf({ firstProcess: 'beside' }).Cmd, ['beside', 'dev', '/init', 'serve', '--all']);
  });

  it('image: entrypoint, command, user and stop signal stay the image’s', () => {
    const { Entrypoint, Cmd, User, StopSignal } = optionsOf({ firstProcess: 'image' });
    assert.deepEqual([Entrypoint, Cmd, User, StopSignal], [undefined, undefined, undefined, undefined]);
  });

  it('no secret is among them', () => {
    const options = optionsOf({
      env: [{ name: 'A', value: 'hush', secret: true }],
      gitToken: 'tokentoken',
      gitAccess: 'token',
    });
    assert.ok(!/hush|tokentoken|PRIVATE/.test(JSON.stringify(options)));
  });
});

describe('liveUpdate', () => {
  it('undoes what the other way of allocation had set', () => {
    assert.deepEqual(liveUpdate(settingsOf({ cpus: 1, memoryMiB: 64, cpuAllocation: 'shares' }), 4), {
      Memory: 64 * 1024 ** 2,
      MemorySwap: 128 * 1024 ** 2,
      CpuShares: 1024,
      NanoCpus: 4e9,
    });
    assert.deepEqual(liveUpdate(settingsOf({ cpus: 1, memoryMiB: 64 }), 4), {
      Memory: 64 * 1024 ** 2,
      MemorySwap: 128 * 1024 ** 2,
      NanoCpus: 1e9,
      CpuShares: 1024,
    });
  });
});
