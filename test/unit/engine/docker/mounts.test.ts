import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mountPlan } from '../../../../src/engine/docker/mounts.ts';
import { mountTarget } from '../../../../src/workspace/mountTarget.ts';
import { type Mount, WorkspaceSettings } from '../../../../src/workspace/settings.ts';
import { settingsOf, web } from './support.ts';

type MountInput = NonNullable<Parameters<typeof settingsOf>[0]>['mounts'];
const mountsOf = (...mounts: NonNullable<MountInput>): readonly Mount[] => settingsOf({ mounts }).mounts;
const planOf = (...mounts: NonNullable<MountInput>) => mountPlan(web, mountsOf(...mounts));

describe('mountPlan', () => {
  it('a folder of the host, read-only data unless said otherwise', () => {
    assert.deepEqual(planOf({ type: 'bind', source: '/srv/set one', name: 'set' }).mounts, [
      { Type: 'bind', Source: '/srv/set one', Target: '/workspace/data/set', ReadOnly: true },
    ]);
    assert.deepEqual(planOf({ type: 'bind', source: '/srv', path: '/srv', readOnly: false }).mounts, [
      { Type: 'bind', Source: '/srv', Target: '/srv', ReadOnly: false },
    ]);
  });

  it('a volume by its name, made by the engine where it is new', () => {
    const { mounts, volumes } = planOf({ type: 'volume', source: 'cache', path: '/cache', readOnly: false });
    assert.deepEqual(mounts, [{ Type: 'volume', Source: 'cache', Target: '/cache', ReadOnly: false }]);
    assert.deepEqual(volumes, []);
  });

  it('NFS by the local driver', () => {
    const { mounts, volumes } = planOf({
      type: 'nfs',
      server: 'nas',
      source: '/export/a',
      options: 'vers=4',
    });
    assert.deepEqual(volumes[0]?.DriverOpts, { type: 'nfs', device: ':/export/a', o: 'addr=nas,ro,vers=4' });
    assert.equal(volumes[0]?.Driver, 'local');
    assert.equal(mounts[0]?.Source, volumes[0]?.Name);
    assert.equal(mounts[0]?.Target, '/workspace/data/a');
  });

  it('CIFS with its user and password', () => {
    const { volumes } = planOf({
      type: 'cifs',
      source: '//nas/share',
      username: 'ann',
      password: 'hush',
      readOnly: false,
    });
    assert.deepEqual(volumes[0]?.DriverOpts, {
      type: 'cifs',
      device: '//nas/share',
      o: 'addr=nas,username=ann,password=hush',
    });
  });

  it('any driver with its options', () => {
    const { volumes } = planOf({ type: 'driver', driver: 'rclone:latest', options: { remote: 's3:bucket' } });
    assert.equal(volumes[0]?.Driver, 'rclone:latest');
    assert.deepEqual(volumes[0]?.DriverOpts, { remote: 's3:bucket' });
    assert.equal(volumes[0]?.Labels?.['workspace.berth/role'], 'data');
  });

  it('the same driver and options make the same volume, others another', () => {
    const name = (remote: string) =>
      planOf({ type: 'driver', driver: 'd', options: { remote, b: '1' } }).volumes[0]?.Name;
    assert.equal(
      name('x'),
      planOf({ type: 'driver', driver: 'd', options: { b: '1', remote: 'x' } }).volumes[0]?.Name,
    );
    assert.notEqual(name('x'), name('y'));
  });

  const targets: [NonNullable<MountInput>[number], string][] = [
    [{ type: 'bind', source: '/data/My Set.v2' }, '/workspace/data/my-set-v2'],
    [{ type: 'bind', source: '/' }, '/workspace/data/bind'],
    [{ type: 'volume', source: 'models', name: 'weights' }, '/workspace/data/weights'],
    [{ type: 'volume', source: 'models', name: 'weights', path: '/models' }, '/models'],
  ];
  for (const [mount, target] of targets) {
    it(`${JSON.stringify(mount)} appears at ${target}`, () => {
      const [parsed] = WorkspaceSettings.parse({ image: 'x', mounts: [mount] }).mounts;
      assert.ok(parsed);
      assert.equal(mountTarget(parsed), target);
    });
  }
});
