import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { neededRights, roleYaml } from '../../../../src/engine/kubernetes/role.ts';
import { assertGolden } from '../../../support/golden.ts';
import { projectRoot } from '../../../support/vsix.ts';

const golden = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

describe('the Role that Berth asks for', () => {
  it('is this, bound to a user', () => {
    assertGolden(golden('role.yaml'), roleYaml('team-a', 'dev@example.com'));
  });

  it('is what the table says, once it is read as YAML', () => {
    const [role, binding] = loadAll(roleYaml('team-a', 'dev')) as Record<string, unknown>[];
    assert.deepEqual(
      role?.rules,
      neededRights.map(({ group, resource, names, verbs }) => ({
        apiGroups: [group],
        resources: [resource],
        ...(names && { resourceNames: names }),
        verbs,
      })),
    );
    assert.deepEqual(binding?.subjects, [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dev' },
    ]);
  });

  it('is what the page for platform engineers says', () => {
    const page = readFileSync(join(projectRoot, 'PLATFORM.md'), 'utf8');
    const [, table = ''] = /### Rights\n(.*?)\n### /s.exec(page) ?? [];
    const shown = [...table.matchAll(/^\| (`.+?) \| (.+?) \| (.+?) \|$/gm)].flatMap(
      ([, what = '', verbs = '', why = '']) => {
        const [resources = '', named = ''] = what.split(' named ');
        return [...resources.matchAll(/`([^`]+)`/g)].map(([, resource = '']) =>
          [resource, named.replaceAll('`', ''), sorted(verbs), why.startsWith('optional')].join(' '),
        );
      },
    );
    assert.deepEqual(
      shown.sort(),
      neededRights
        .map(({ group, resource, names = [], verbs, optional = false }) =>
          [group === '' ? resource : `${resource}.${group}`, names, sorted(verbs.join()), optional].join(' '),
        )
        .sort(),
    );
  });

  it('is bound to a service account by its own kind', () => {
    assert.match(
      roleYaml('team-a', 'system:serviceaccount:ci:builder'),
      /subjects:\n {2}- kind: ServiceAccount\n {4}name: "builder"\n {4}namespace: "ci"\n$/,
    );
  });

  it('is bound for each identity on its own: a second one takes nothing from the first', () => {
    const binding = (identity: string) =>
      /kind: RoleBinding\nmetadata:\n {2}name: (\S+)\n/.exec(roleYaml('team-a', identity))?.[1];
    assert.match(binding('one') ?? '', /^berth-[0-9a-f]{10}$/);
    assert.notEqual(binding('one'), binding('two'));
  });

  it('says where the name belongs when nobody told it', () => {
    assert.match(roleYaml('team-a'), /kind: User\n {4}name: "REPLACE-WITH-THE-USER"\n$/);
  });

  it('stays one document whatever the name holds', () => {
    const yaml = roleYaml('team-a', 'a"\n---\nkind: ClusterRole');
    assert.equal(yaml.match(/^---$/gm)?.length, 1);
    assert.equal(yaml.match(/^kind:/gm)?.length, 2);
  });

  it('gives no verb on everything, no other namespace and no escalation', () => {
    for (const { group, resource, verbs } of neededRights) {
      assert.ok(!verbs.includes('*') && resource !== '*' && group !== '*', resource);
      assert.ok(!['escalate', 'bind', 'impersonate'].some(verb => verbs.includes(verb)), resource);
    }
    assert.doesNotMatch(roleYaml('team-a'), /ClusterRole|deletecollection/);
  });

  it('names each right once', () => {
    const names = neededRights.flatMap(({ group, resource, names = [], verbs }) =>
      verbs.map(verb => `${verb} ${resource}.${group} ${names}`),
    );
    assert.equal(new Set(names).size, names.length);
  });
});

function sorted(verbs: string): string {
  return verbs
    .split(',')
    .map(verb => verb.trim())
    .sort()
    .join();
}
