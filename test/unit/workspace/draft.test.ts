import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  checkDraft,
  type Draft,
  defaultsOn,
  draftOf,
  formFields,
  isOwnDoing,
  type KeptSecrets,
  origins,
  startDraft,
  withDefaultsOf,
  withoutTypedSecrets,
} from '../../../src/workspace/draft.ts';
import type { InheritedValues } from '../../../src/workspace/inherited.ts';
import { WorkspaceForm, WorkspaceSettings } from '../../../src/workspace/settings.ts';

const nothing: InheritedValues = { env: [], labels: [] };
const none: KeptSecrets = { env: [], cifs: [], gitToken: false };
const start = (values: Record<string, unknown>): Draft => {
  const draft = startDraft(
    {
      target: ['local', 'typed'],
      name: ['otter', 'typed'],
      image: ['debian', 'typed'],
    },
    'docker',
  );
  return { ...draft, values: { ...draft.values, ...values } };
};
const issues = (values: Record<string, unknown>, kept = none) =>
  checkDraft(start(values), nothing, kept, 'docker').issues.map(({ path, message }) => `${path}: ${message}`);
const formOf = (values: Record<string, unknown>, inherited = nothing) =>
  checkDraft(start(values), inherited, none, 'docker').form;

describe('a draft', () => {
  it('begins with the defaults of the schema, and is valid with target, name and image', () => {
    assert.deepEqual(
      formOf({}),
      // Eight hours for what is new; what says nothing of it keeps running.
      WorkspaceForm.parse({ target: 'local', name: 'otter', image: 'debian', lifespanHours: 8 }),
    );
  });

  it('takes numbers as they are typed', () => {
    assert.equal(formOf({ cpus: ' 1.5 ' })?.cpus, 1.5);
    assert.equal(formOf({ cpus: '1,5' })?.cpus, 1.5);
    assert.equal(formOf({ memoryMiB: '4096' })?.memoryMiB, 4096);
    assert.equal(formOf({ ports: [{ port: '8080', label: '', protocol: 'http' }] })?.ports[0]?.port, 8080);
  });

  it('takes nothing typed as nothing set, and lines as a list', () => {
    assert.equal(formOf({ user: '', runtime: '' })?.user, undefined);
    const key = 'ssh-ed25519 AAAA me';
    assert.deepEqual(formOf({ publicKeys: `\n ${key} \n\n` })?.publicKeys, [key]);
    const app = { id: 'web', label: '', command: 'x', port: '', folder: '', user: '', readyPath: '' };
    assert.deepEqual(
      formOf({ apps: [app] })?.apps,
      WorkspaceForm.shape.apps.parse([{ id: 'web', command: 'x' }]),
    );
  });

  it('reads a driver’s options from lines', () => {
    const mount = {
      type: 'driver',
      driver: 'rclone',
      options: ' remote = s3:a=b \n\nallow-other=',
      path: '/x',
    };
    const [read] = formOf({ mounts: [mount] })?.mounts ?? [];
    assert.deepEqual(read?.type === 'driver' && read.options, { remote: 's3:a=b', 'allow-other': '' });
  });

  const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ name: '' }, 'name: Needed.'],
    [{ image: '' }, 'image: Needed.'],
    [{ cpus: 'two' }, 'cpus: A number.'],
    [{ cpus: '0' }, 'cpus: At least 0.1.'],
    [{ cpus: '' }, 'cpus: Needed.'],
    [{ memoryMiB: '1.5' }, 'memoryMiB: A whole number.'],
    [{ stopGraceSeconds: '121' }, 'stopGraceSeconds: At most 120.'],
    [{ description: 'x'.repeat(501) }, 'description: At most 500 characters.'],
    [{ ports: [{ port: '' }] }, 'ports.0.port: Needed.'],
    [{ ports: [{ port: '70000' }] }, 'ports.0.port: At most 65535.'],
    [
      {
        env: [
          { name: 'A', value: '' },
          { name: '1', value: '' },
        ],
      },
      'env.1.name: Letters, digits and underscores; not a digit first.',
    ],
    [{ home: 'root' }, 'home: A full path, beginning with /.'],
    [{ mounts: [{ type: 'bind', source: '', path: '/x' }] }, 'mounts.0.source: Needed.'],
    [
      { labels: [{ name: 'workspace.berth/name', value: 'x' }] },
      'labels.0.name: labels under workspace.berth/ are Berth’s own',
    ],
  ];
  for (const [values, words] of wrong) {
    it(`says of ${JSON.stringify(values).slice(0, 50)}: ${words}`, () =>
      assert.deepEqual(issues(values), [words]));
  }

  it('never shows a regular expression or a word of zod, whatever is typed', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.constantFrom('', '\n', 'a b', '-', '/', 'x:y'),
      fc.double().map(String),
    );
    const value = fc.oneof(
      anything,
      fc.array(
        fc.dictionary(
          fc.constantFrom('name', 'value', 'type', 'source', 'port', 'id', 'command', 'path', 'key'),
          anything,
        ),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...formFields.keys()), value, (key, typed) => {
        for (const { message } of checkDraft(start({ [key]: typed }), nothing, none, 'kubernetes').issues)
          assert.doesNotMatch(message, /pattern|Invalid|expected|received/);
      }),
      { numRuns: 500 },
    );
  });

  it('puts in what is inherited, but for what is its own or left out', () => {
    const inherited: InheritedValues = {
      env: ['A', 'B', 'C'].map(name => ({ name, value: 'inherited', origin: '*' })),
      labels: [{ name: 'team', value: 'web', origin: 'local' }],
    };
    const draft = start({ env: [{ name: 'B', value: 'own', secret: false }] });
    const { form } = checkDraft({ ...draft, leftOut: { env: ['C'], labels: [] } }, inherited, none, 'docker');
    assert.deepEqual(form?.env, [
      { name: 'A', value: 'inherited', secret: false },
      { name: 'B', value: 'own', secret: false },
    ]);
    assert.deepEqual(form?.labels, [{ name: 'team', value: 'web' }]);
  });

  it('is for a kind of engine: what that does not use is not looked at, and goes as its default', () => {
    const draft = start({ storageClass: 'Not A Class', podPatch: 'x', imagePullSecrets: [''] });
    const docker = checkDraft(draft, nothing, none, 'docker');
    assert.deepEqual(docker.issues, []);
    assert.deepEqual(
      [docker.form?.storageClass, docker.form?.podPatch, docker.form?.imagePullSecrets],
      [undefined, '', []],
    );
    assert.ok(!('podPatch' in docker.values));
    const cluster = checkDraft(draft, nothing, none, 'kubernetes');
    assert.deepEqual(
      cluster.issues.map(({ path }) => path),
      ['storageClass', 'imagePullSecrets.0'],
    );
  });

  it('cleans what was typed for a cluster', () => {
    const draft = start({
      storageClass: '',
      gpuResource: '',
      imagePullSecrets: [' one '],
      tolerations: [
        { key: 'gpu', operator: 'Exists', value: 'left over', effect: '' },
        { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
      ],
    });
    const { form } = checkDraft(draft, nothing, none, 'kubernetes');
    assert.deepEqual(
      [form?.storageClass, form?.gpuResource, form?.imagePullSecrets],
      [undefined, 'nvidia.com/gpu', ['one']],
    );
    assert.deepEqual(
      form?.tolerations.map(({ value }) => value),
      ['', 'yes'],
    );
  });

  it('follows the person’s defaults for the target with what nobody chose', () => {
    const fresh = startDraft({ cpus: [2, 'preset'], user: ['me', 'typed'] }, 'docker');
    const there = withDefaultsOf(fresh, 'docker', { cpus: 8, idleMinutes: 60, user: 'dev' });
    assert.deepEqual([there.values.cpus, there.values.idleMinutes, there.values.user], [8, 60, 'me']);
    assert.deepEqual([there.origins.cpus, there.origins.idleMinutes], ['configuration', 'configuration']);
    assert.equal(withDefaultsOf(there, 'docker', { cpus: 8, idleMinutes: 60 }), there);
    const elsewhere = withDefaultsOf(there, 'docker', {});
    assert.deepEqual([elsewhere.values.idleMinutes, elsewhere.origins.idleMinutes], [0, 'default']);
    const picked = withDefaultsOf(fresh, 'docker', { cpus: 8 }, key => key === 'cpus');
    assert.equal(picked.values.cpus, 2);
  });

  it('follows the kind of target with what nobody chose', () => {
    const fresh = startDraft({}, 'docker');
    const there = withDefaultsOf(fresh, 'kubernetes');
    assert.deepEqual([fresh.values.diskGiB, there.values.diskGiB], [20, 100]);
    assert.equal(startDraft({}, 'kubernetes').values.diskGiB, 100);
    assert.equal(withDefaultsOf(there, 'kubernetes'), there);
    assert.equal(withDefaultsOf(there, 'docker').values.diskGiB, 20);
    const chosen = startDraft({ diskGiB: [7, 'typed'] }, 'docker');
    assert.equal(withDefaultsOf(chosen, 'kubernetes'), chosen);
    assert.deepEqual(
      [defaultsOn('docker'), defaultsOn('kubernetes')],
      [{ lifespanHours: 8 }, { diskGiB: 100, lifespanHours: 8 }],
    );
  });

  it('asks for a secret that nobody has, and not for one that is kept', () => {
    const env = [{ name: 'TOKEN', secret: true }];
    assert.match(issues({ env })[0] ?? '', /^env\.0\.value: Type the secret value/);
    assert.deepEqual(issues({ env }, { ...none, env: ['TOKEN'] }), []);
    assert.match(issues({ gitAccess: 'token' })[0] ?? '', /^gitToken: Type the secret value/);
    assert.deepEqual(issues({ gitAccess: 'token' }, { ...none, gitToken: true }), []);
  });

  it('is kept over a reload without any secret', () => {
    const draft = start({
      env: [
        { name: 'TOKEN', value: 'hush', secret: true },
        { name: 'A', value: 'shown', secret: false },
      ],
      mounts: [
        { type: 'cifs', source: '//a/b', username: 'me', password: 'hush', path: '/x' },
        { type: 'driver', driver: 'rclone', options: 'remote=hush\ncache = hush', path: '/y' },
      ],
      gitToken: 'hush',
    });
    const kept = JSON.stringify(withoutTypedSecrets(draft));
    assert.ok(!kept.includes('hush'));
    assert.ok(kept.includes('shown') && kept.includes('//a/b') && kept.includes('remote=\\ncache='));
  });

  it('of a workspace gives the same settings back', () => {
    const settings = WorkspaceSettings.parse({
      image: 'debian',
      mounts: [
        { type: 'nfs', server: 'a', source: '/b', path: '/c' },
        { type: 'driver', driver: 'x', options: { a: 'b' }, path: '/d' },
      ],
      apps: [{ id: 'web', command: 'x', port: 80 }],
      publicKeys: ['ssh-ed25519 AAAA me'],
      home: '/home/me',
    });
    assert.deepEqual(draftOf(settings, {}, 'docker').values.mounts, [
      settings.mounts[0],
      { ...settings.mounts[1], options: 'a=b' },
    ]);
    const draft = draftOf(
      settings,
      { target: ['local', 'workspace'], name: ['otter', 'workspace'] },
      'docker',
    );
    const { target, name, ...same } = checkDraft(draft, nothing, none, 'docker').form ?? {};
    assert.deepEqual([target, name, same], ['local', 'otter', settings]);
  });
});

describe('a value that stands in the form', () => {
  for (const origin of origins)
    it(`${origin}: ${origin === 'link' ? 'asks nobody outside until it was touched' : 'may be asked about'}`, () => {
      assert.equal(isOwnDoing(origin, false), origin !== 'link');
      assert.equal(isOwnDoing(origin, true), true);
    });
});
