import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editPlan } from '../../../src/workspace/editCost.ts';
import { fieldsOf } from '../../../src/workspace/field.ts';
import { withoutSecrets, withSecretsOf } from '../../../src/workspace/secrets.ts';
import { type SettingsInput, WorkspaceForm, WorkspaceSettings } from '../../../src/workspace/settings.ts';

const settings = (input: Partial<SettingsInput> = {}) =>
  WorkspaceSettings.parse({ image: 'debian:bookworm', ...input });
const refuses = (input: Partial<SettingsInput>) =>
  assert.equal(WorkspaceSettings.safeParse({ image: 'debian:bookworm', ...input }).success, false);

describe('settings', () => {
  it('need nothing but an image', () => {
    assert.equal(settings().cpus, 2);
    assert.equal(WorkspaceSettings.safeParse({}).success, false);
  });

  it('carry a meaning on every field of the form', () => {
    assert.equal(fieldsOf(WorkspaceForm).size, Object.keys(WorkspaceForm.shape).length);
  });

  it('name every value of every choice', () => {
    for (const [key, meta] of fieldsOf(WorkspaceForm)) {
      if (meta.control !== 'choice') continue;
      const schema = WorkspaceForm.shape[key];
      for (const choice of Object.keys(meta.choices ?? {})) {
        assert.ok(schema.safeParse(choice).success, `${key}: ${choice}`);
      }
    }
  });

  it('refuse repositories that git would take for an option or a command', () => {
    for (const repository of ['--upload-pack=x', 'ext::sh -c x', 'https://a b', '-oProxyCommand=x:y']) {
      refuses({ repository });
    }
    for (const repository of [
      'https://github.com/a/b.git',
      'git@github.com:a/b.git',
      'ssh://git@host:22/a',
    ]) {
      assert.equal(settings({ repository }).repository, repository);
    }
  });

  it('refuse passwords where they would be seen, and say where they belong', () => {
    const words = (input: Partial<SettingsInput>) =>
      WorkspaceSettings.safeParse({ image: 'debian:bookworm', ...input }).error?.issues[0]?.message ?? '';
    for (const address of [
      'https://me:ghp_x@github.com/a/b',
      'https://:x@host/a',
      'ssh://me:x@host:22/a',
      'https://ghp_0123456789abcdef0123@github.com/a/b',
    ]) {
      assert.match(words({ repository: address }), /token/);
      assert.match(words({ dotfiles: address }), /token/);
    }
    for (const repository of [
      'https://me@dev.azure.com/me/a',
      'ssh://git@host:22/a@b:c',
      'https://host:8443/a',
    ]) {
      assert.equal(settings({ repository }).repository, repository);
    }
    const share = (options: string) => ({ mounts: [{ type: 'cifs' as const, source: '//nas/a', options }] });
    for (const options of [
      'password=x',
      'vers=3,pass=x',
      'username=me',
      'vers=3, credentials=/a',
      'USER=me',
    ]) {
      assert.match(words(share(options)), /fields of their own/);
    }
    assert.equal(words(share('vers=3.0,uid=1000')), '');
  });

  it('refuse public keys with options or more than one line', () => {
    refuses({ publicKeys: ['command="x" ssh-ed25519 AAAA'] });
    refuses({ publicKeys: ['ssh-ed25519 AAAA\nssh-ed25519 BBBB'] });
    assert.equal(settings({ publicKeys: ['ssh-ed25519 AAAAC3Nz me@example.com'] }).publicKeys.length, 1);
  });

  it('refuse a share’s user or password that would go on as options of its own', () => {
    const share = { type: 'cifs', source: '//nas/share', name: 'share' } as const;
    refuses({ mounts: [{ ...share, password: 'a,uid=0' }] });
    refuses({ mounts: [{ ...share, username: 'a,uid=0' }] });
    assert.equal(settings({ mounts: [{ ...share, password: 'a=b c' }] }).mounts.length, 1);
  });

  it('refuse labels of Berth’s own and control characters', () => {
    refuses({ labels: [{ name: 'workspace.berth/name', value: 'x' }] });
    refuses({ labels: [{ name: 'team', value: 'a\nb' }] });
  });
});

describe('secrets', () => {
  const secretive = settings({
    gitAccess: 'token',
    gitToken: 'ghp_secret',
    env: [
      { name: 'TOKEN', value: 'hunter2', secret: true },
      { name: 'PLAIN', value: 'seen' },
    ],
    mounts: [
      { type: 'cifs', source: '//nas/share', username: 'me', password: 'letmein', name: 'share' },
      {
        type: 'driver',
        driver: 'rclone',
        options: { remote: ':s3,key=opensesame:b', 'vfs-cache': 'on' },
        path: '/a',
      },
      { type: 'driver', driver: 'rclone', options: { remote: ':s3,key=swordfish:c' }, path: '/b' },
    ],
  });

  it('leave nothing of themselves behind when taken out', () => {
    const text = JSON.stringify(withoutSecrets(secretive));
    for (const secret of ['ghp_secret', 'hunter2', 'letmein', 'opensesame', 'swordfish'])
      assert.ok(!text.includes(secret), secret);
    assert.ok(text.includes('seen') && text.includes('vfs-cache'));
  });

  it('come back when the settings return untouched', () => {
    assert.deepEqual(withSecretsOf(secretive, withoutSecrets(secretive)), secretive);
  });

  it('give way to a new value, and go when their owner goes', () => {
    const edited = withSecretsOf(secretive, {
      ...withoutSecrets(secretive),
      gitAccess: 'none',
      env: [{ name: 'TOKEN', value: 'new', secret: true }],
    });
    assert.equal(edited.gitToken, undefined);
    assert.equal(edited.env[0]?.value, 'new');
  });

  it('of a volume driver stay with their place, and follow the only one that moves', () => {
    const [, first, second] = withoutSecrets(secretive).mounts;
    assert.ok(first?.type === 'driver' && second?.type === 'driver');
    const options = (previous: WorkspaceSettings, mounts: WorkspaceSettings['mounts']) =>
      withSecretsOf(previous, { ...previous, mounts }).mounts.map(mount =>
        mount.type === 'driver' ? mount.options : {},
      );
    assert.deepEqual(options(secretive, [second]), [{ remote: ':s3,key=swordfish:c' }]);
    assert.deepEqual(options(secretive, [{ ...second, options: { remote: 'new' } }]), [{ remote: 'new' }]);
    assert.deepEqual(options(secretive, [{ ...second, path: '/elsewhere' }]), [{ remote: '' }]);
    const one = { ...secretive, mounts: secretive.mounts.slice(0, 2) };
    assert.equal(options(one, [{ ...first, path: '/elsewhere' }])[0]?.remote, ':s3,key=opensesame:b');
  });

  it('do not follow a variable that is no longer secret', () => {
    const edited = withSecretsOf(secretive, {
      ...withoutSecrets(secretive),
      env: [{ name: 'TOKEN', secret: false }],
    });
    assert.equal(edited.env[0]?.value, undefined);
  });
});

describe('the cost of an edit', () => {
  const before = settings();
  const rows: [Partial<SettingsInput>, string | undefined][] = [
    [{}, undefined],
    [{ description: 'x' }, 'live'],
    [{ cpus: 4 }, 'live'],
    [{ env: [{ name: 'A', value: '1' }] }, 'restart'],
    [{ image: 'debian:trixie' }, 'rebuild'],
    [{ image: 'debian:trixie', cpus: 4, initScript: 'true' }, 'rebuild'],
    [{ diskGiB: 40 }, 'never'],
  ];
  for (const [change, cost] of rows) {
    it(`of ${JSON.stringify(change)} is ${cost ?? 'nothing'}`, () => {
      assert.equal(editPlan(before, settings(change), 'docker').cost, cost);
    });
  }

  const onCluster: [Partial<SettingsInput>, string | undefined][] = [
    [{ description: 'x' }, 'live'],
    [{ cpus: 4 }, 'restart'],
    [{ diskGiB: 40 }, 'live'],
    [{ service: 'nodePort' }, 'live'],
    [{ tolerations: [{ key: 'gpu' }] }, 'restart'],
    [{ image: 'debian:trixie' }, 'rebuild'],
    [{ storageClass: 'fast' }, 'never'],
    [{ accessMode: 'ReadWriteMany', diskGiB: 40 }, 'never'],
  ];
  for (const [change, cost] of onCluster) {
    it(`of ${JSON.stringify(change)} on a cluster is ${cost}`, () => {
      assert.equal(editPlan(before, settings(change), 'kubernetes').cost, cost);
    });
  }

  it('is nothing for what the kind of engine does not use', () => {
    const change = { storageClass: 'fast', podPatch: 'spec: {}' };
    assert.deepEqual(editPlan(before, settings(change), 'docker'), { cost: undefined, changed: [] });
  });

  it('names each changed field with its own cost', () => {
    const plan = editPlan(before, settings({ image: 'debian:trixie', description: 'x' }), 'docker');
    assert.deepEqual(
      plan.changed.map(({ key, cost }) => [key, cost]),
      [
        ['image', 'rebuild'],
        ['description', 'live'],
      ],
    );
  });
});
