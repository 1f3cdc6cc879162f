import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engineFacts, engineReport, type MachineReport } from '../../../../src/engine/docker/facts.ts';

const GiB = 1024 ** 3;
const info = {
  Name: 'box',
  OSType: 'linux',
  Architecture: 'x86_64',
  NCPU: 4,
  MemTotal: 16 * GiB,
  DockerRootDir: '/var/lib/docker',
  Runtimes: { runc: { path: 'runc' }, 'io.containerd.runc.v2': { path: 'runc' } },
  DefaultRuntime: 'runc',
};
const version = { Version: '20.10.24+dfsg1', Components: [{ Name: 'Engine', Version: '20.10.24+dfsg1' }] };
const nothing: MachineReport = { emulated: [], hasGpuSpecs: false };
const facts = (
  more: object = {},
  limits: readonly number[] | undefined = [],
  machine: MachineReport = nothing,
  engine: object = version,
) => engineFacts(engineReport({ ...info, ...more }, engine), limits, machine, true);

describe('engineFacts', () => {
  it('sums up a plain Docker engine', () => {
    assert.deepEqual(facts(), {
      version: 'Docker 20.10.24',
      platforms: ['linux/amd64'],
      cpus: 4,
      memoryBytes: 16 * GiB,
      freeMemoryBytes: 16 * GiB,
      runtimes: ['runc'],
      defaultRuntime: 'runc',
      gpus: false,
      isLocal: true,
    });
  });

  it('recognises Podman and leaves out runtimes that nobody installed', () => {
    const podman = facts(
      {
        Runtimes: { crun: {}, kata: { path: '/usr/bin/kata' }, runsc: { path: '/usr/bin/runsc' } },
        DefaultRuntime: 'crun',
      },
      [],
      { ...nothing, presentRuntimes: ['crun', 'runsc'] },
      { Version: '4.3.1', Components: [{ Name: 'Podman Engine', Version: '4.3.1' }, { Name: 'Conmon' }] },
    );
    assert.equal(podman.version, 'Podman 4.3.1');
    assert.deepEqual(podman.runtimes, ['crun', 'runsc']);
  });

  it('leaves what limits promised and what the machine has, whichever is less', () => {
    assert.equal(facts({}, [4 * GiB, 0, 2 * GiB]).freeMemoryBytes, 10 * GiB);
    assert.equal(facts({}, [4 * GiB], { ...nothing, freeMemoryBytes: 3 * GiB }).freeMemoryBytes, 3 * GiB);
    assert.equal(facts({}, [40 * GiB]).freeMemoryBytes, 0);
  });

  it('does not make up what it cannot tell', () => {
    const unknown = engineFacts(engineReport(info, version), undefined, nothing, false);
    assert.ok(!('freeMemoryBytes' in unknown) && !('freeDiskBytes' in unknown));
  });

  it('names emulated platforms after the native one', () => {
    assert.deepEqual(facts({}, [], { ...nothing, emulated: ['arm64', 'amd64'] }).platforms, [
      'linux/amd64',
      'linux/arm64',
    ]);
    assert.deepEqual(facts({ Architecture: 'aarch64', OperatingSystem: 'Docker Desktop' }).platforms, [
      'linux/arm64',
      'linux/amd64',
    ]);
  });

  for (const [how, more] of [
    ['the NVIDIA runtime', { Runtimes: { runc: {}, nvidia: { path: 'nvidia-container-runtime' } } }],
    ['discovered devices', { DiscoveredDevices: [{ Source: 'cdi', ID: 'nvidia.com/gpu=0' }] }],
  ] as const) {
    it(`sees GPUs by ${how}`, () => assert.equal(facts(more).gpus, true));
  }

  it('refuses an answer that is not of an engine', () => {
    assert.throws(() => engineReport('<html>', version));
  });
});
