import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { itemOf } from '../../../src/views/items.ts';
import { imageOf, nodeId, repositoryOf } from '../../../src/views/nodes.ts';
import type { RegistryNode, RepositoryNode, TagNode } from '../../../src/views/registryNodes.ts';
import { BerthError } from '../../../src/workspace/error.ts';

const now = Date.parse('2026-01-10T00:00:00Z');
const hub: RegistryNode = {
  kind: 'registry',
  registry: 'docker.io',
  registryKind: 'docker-hub',
  isPlainHttp: false,
  user: undefined,
  filter: '',
  rateLimit: undefined,
};
const debian: RepositoryNode = {
  kind: 'repository',
  registry: 'docker.io',
  repository: 'library/debian',
  isRemembered: false,
  filter: '',
};
const tag: TagNode = {
  kind: 'tag',
  registry: 'ghcr.io',
  repository: 'acme/dev',
  tag: '1.2',
  facts: undefined,
};

describe('the row of a registry', () => {
  const own: RegistryNode = { ...hub, registry: 'r.example.org:5000', registryKind: 'harbor' };
  const rateLimit = { limit: 100, remaining: 76, windowS: 21_600 };
  const rows: readonly (readonly [string, RegistryNode, string, string, string])[] = [
    ['Docker Hub', hub, 'Docker Hub', 'docker.io', 'registry docker-hub stranger whole'],
    [
      'with how often one may pull',
      { ...hub, rateLimit, user: 'me' },
      'Docker Hub',
      'docker.io · as me · 76 of 100 pulls left',
      'registry docker-hub loggedIn whole',
    ],
    ['of one’s own', own, 'r.example.org:5000', 'Harbor', 'registry harbor stranger whole'],
    [
      'of no kind, in the clear, filtered',
      { ...own, registryKind: 'distribution', isPlainHttp: true, filter: 'dev' },
      'r.example.org:5000',
      'plain HTTP · “dev”',
      'registry distribution stranger filtered',
    ],
    [
      'of a cloud',
      { ...hub, registry: 'acme.azurecr.io', registryKind: 'acr' },
      'acme.azurecr.io',
      'Azure Container Registry',
      'registry acr stranger whole',
    ],
  ];
  for (const [title, node, label, description, context] of rows) {
    it(title, () => {
      const look = itemOf(node, now);
      assert.deepEqual([look.label, look.description, look.context], [label, description, context]);
      assert.equal(look.expansion, 'collapsed', 'nothing is asked before somebody opens it');
    });
  }

  it('says the limit with its time', () => {
    assert.ok(itemOf({ ...hub, rateLimit }, now).tooltip.includes('76 of 100 pulls in 6 h are left'));
  });
});

describe('the row of a repository', () => {
  it('has the name that people know', () => {
    assert.equal(itemOf(debian, now).label, 'debian');
    assert.equal(itemOf({ ...debian, repository: 'acme/dev' }, now).label, 'acme/dev');
    assert.equal(itemOf({ ...debian, registry: 'ghcr.io', repository: 'a/b' }, now).label, 'a/b');
    assert.equal(itemOf({ ...debian, isRemembered: true }, now).context, 'repository remembered whole');
  });
});

describe('the row of a tag', () => {
  const rows: readonly (readonly [string, TagNode['facts'], string | undefined])[] = [
    ['of which nothing is known yet', undefined, undefined],
    [
      'with all there is to know',
      { platforms: ['linux/amd64', 'linux/arm64/v8'], bytes: 5 * 2 ** 20, at: now - 3 * 86_400_000 },
      'amd64, arm64/v8 · 5 MiB · 3 days ago',
    ],
    [
      'for many platforms',
      { platforms: ['linux/amd64', 'windows/amd64', 'linux/arm/v7', 'linux/s390x', 'linux/386'] },
      'amd64, windows/amd64, arm/v7 +2',
    ],
    ['of which only the age is known', { at: now - 7_200_000 }, '2 h ago'],
  ];
  for (const [title, facts, description] of rows) {
    it(title, () => assert.equal(itemOf({ ...tag, facts }, now).description, description));
  }

  it('stands for its image', () => {
    assert.equal(imageOf(tag), 'ghcr.io/acme/dev:1.2');
    assert.equal(imageOf({ ...debian, kind: 'tag', tag: 'bookworm' }), 'debian:bookworm');
    assert.equal(imageOf({ target: 'local', image: { reference: 'a:1' } }), 'a:1');
    assert.equal(imageOf(debian), undefined);
    assert.equal(imageOf(undefined), undefined);
    assert.equal(repositoryOf(debian), 'debian');
    assert.equal(repositoryOf(tag), 'ghcr.io/acme/dev:1.2');
  });
});

describe('other rows of registries', () => {
  it('lead to the next page, and to the fix', () => {
    const more = itemOf({ kind: 'more', registry: 'a', repository: 'b', shown: 100 }, now);
    assert.equal(more.command?.id, 'berth.loadMore');
    const action = { label: 'Log In…', command: 'berth.loginRegistry', args: [{ registry: 'a' }] };
    const error = new BerthError('Cannot list it.', { code: 'pull-refused', action });
    const problem = itemOf({ kind: 'note', registry: 'a', what: error }, now);
    assert.deepEqual(problem.command, { id: 'berth.loginRegistry', title: 'Log In…', args: action.args });
    assert.equal(problem.spoken, 'Cannot list it.. Press Enter to: Log In…');
    assert.equal(
      itemOf({ kind: 'note', registry: 'a', what: 'unlisted' }, now).command?.id,
      'berth.typeRepository',
    );
    assert.equal(itemOf({ kind: 'note', registry: 'a', what: 'no-tags' }, now).command, undefined);
  });

  it('keep their ids whatever changes, each its own', () => {
    assert.equal(nodeId({ ...tag, facts: { at: 1 } }), nodeId(tag));
    assert.equal(nodeId({ ...hub, filter: 'x', user: 'me' }), nodeId(hub));
    const ids = [
      hub,
      debian,
      tag,
      { kind: 'more' as const, registry: 'docker.io', shown: 1 },
      { kind: 'more' as const, registry: 'docker.io', repository: 'library/debian', shown: 1 },
      { kind: 'note' as const, registry: 'docker.io', what: 'unlisted' as const },
      { kind: 'group' as const, group: 'registries' as const },
      { kind: 'group' as const, group: 'local' as const },
    ].map(nodeId);
    assert.equal(new Set(ids).size, ids.length);
  });
});
