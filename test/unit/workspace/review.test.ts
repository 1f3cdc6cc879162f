import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formFields, origins } from '../../../src/workspace/draft.ts';
import type { EngineKind } from '../../../src/workspace/field.ts';
import { originWords, reviewRows } from '../../../src/workspace/review.ts';
import { WorkspaceForm } from '../../../src/workspace/settings.ts';

const form = WorkspaceForm.parse({
  target: 'local',
  name: 'otter',
  image: 'debian',
  kind: 'jupyter',
  mounts: [{ type: 'nfs', server: 'files', source: '/a', name: 'set' }],
  ports: [{ port: 80, label: 'Web' }],
  apps: [{ id: 'web', command: 'x' }],
  env: [
    { name: 'A', value: '1' },
    { name: 'T', value: 'hush', secret: true },
  ],
  gitAccess: 'token',
  gitToken: 'hush',
  publicKeys: [`ssh-ed25519 ${'A'.repeat(60)}12345678 me@laptop`],
  initScript: 'one\ntwo',
});

describe('the review', () => {
  const rows = new Map(reviewRows(form, 'docker').map(({ key, value }) => [key as string, value]));

  it('has a row for every field that the kind of engine uses, in the order of the form', () => {
    const keys = (engine: EngineKind) => reviewRows(form, engine).map(({ key }) => key);
    const shown = [...formFields].filter(([, { control }]) => control !== 'hidden');
    assert.deepEqual(
      keys('kubernetes'),
      shown.map(([key]) => key),
    );
    assert.deepEqual(
      keys('docker'),
      shown.filter(([, { engines }]) => !engines).map(([key]) => key),
    );
  });

  it('says where settings came from, and what they want beyond the form, only where they do', () => {
    const fromCatalogue = {
      catalogue: 'https://acme.org',
      entry: 'Tool',
      digest: `sha256:${'0'.repeat(64)}`,
    };
    const wanting = WorkspaceForm.parse({
      ...form,
      fromCatalogue,
      overrides: { privileged: true, capAdd: ['NET_ADMIN'] },
    });
    const said = new Map(reviewRows(wanting, 'docker').map(({ key, value }) => [key as string, value]));
    assert.equal(said.get('fromCatalogue'), 'Tool (https://acme.org)');
    assert.equal(said.get('overrides'), 'privileged\ncapAdd: NET_ADMIN');
  });

  it('says what a cluster alone has', () => {
    const there = WorkspaceForm.parse({
      target: 'local',
      name: 'otter',
      image: 'debian',
      mounts: [{ type: 'configMap', source: 'conf', path: '/c' }],
      nodeSelector: [{ name: 'zone', value: 'a' }],
      tolerations: [{}, { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }],
      imagePullSecrets: ['one', 'two'],
      service: 'nodePort',
      podPatch: 'spec:\n  hostNetwork: true',
    });
    const said = new Map(reviewRows(there, 'kubernetes').map(({ key, value }) => [key as string, value]));
    assert.deepEqual(
      ['mounts', 'nodeSelector', 'tolerations', 'imagePullSecrets', 'service', 'podPatch'].map(key =>
        said.get(key),
      ),
      [
        'ConfigMap conf → /c (read-only)',
        'zone=a',
        'every taint\ngpu=yes:NoSchedule',
        'one, two',
        'As a NodePort',
        '2 lines',
      ],
    );
  });

  for (const [key, words] of [
    ['kind', 'JupyterLab'],
    ['memoryMiB', '2048 MiB'],
    ['mounts', 'files:/a → /workspace/data/set (read-only)'],
    ['ports', '80 http (Web)'],
    ['apps', 'web'],
    ['env', 'A=1\nT (secret)'],
    ['gitToken', 'set'],
    ['publicKeys', 'ssh-ed25519 …12345678 me@laptop'],
    ['initScript', '2 lines'],
    ['agentForwarding', 'No'],
    ['user', ''],
  ] as const) {
    it(`says of ${key}: ${JSON.stringify(words)}`, () => assert.equal(rows.get(key), words));
  }

  it('shows no secret', () => assert.ok(!JSON.stringify([...rows]).includes('hush')));
  it('has words for every origin', () => assert.ok(origins.every(origin => originWords(origin).length > 0)));
});
