import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  catalogueProblem,
  countProblem,
  imageProblem,
  refusals,
  refuse,
  registryProblem,
} from '../../../src/policy/refusal.ts';
import { boundsOf, combined } from '../../../src/workspace/policy/bounds.ts';
import { Policy } from '../../../src/workspace/policy/policy.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';

const bounds = (policy: object) => boundsOf(Policy.parse({ name: 'Acme', ...policy }));
const digest = `sha256:${'a'.repeat(64)}`;

describe('an image under a policy', () => {
  const table: [policy: object, image: string, isAllowed: boolean][] = [
    [{}, 'anything', true],
    [{ images: { allow: ['debian'] } }, 'debian:12', true],
    [{ images: { allow: ['docker.io/library/debian'] } }, 'debian', true],
    [{ images: { allow: ['debian'] } }, 'docker.io/library/debian:12', true],
    [{ images: { allow: ['debian:12'] } }, 'debian:13', false],
    [{ images: { allow: ['debian:*'] } }, 'debian', true],
    [{ images: { allow: ['ghcr.io/acme/**'] } }, 'ghcr.io/acme/team/dev:1', true],
    [{ images: { allow: ['ghcr.io/acme/**'] } }, 'ghcr.io/acmenot/dev:1', false],
    [{ images: { forbid: ['**:latest'] } }, 'debian', false],
    [{ images: { forbid: ['**:latest'] } }, 'debian:12', true],
    [{ images: { allow: ['**'], forbid: ['ghcr.io/evil/*'] } }, 'ghcr.io/evil/x', false],
    // A digest decides, whatever tag stands beside it.
    [{ images: { allow: ['debian:12'] } }, `debian:12@${digest}`, false],
    [{ images: { allow: [`debian@${digest}`] } }, `debian:12@${digest}`, true],
    [{ images: { forbid: ['debian:12'] } }, `debian:12@${digest}`, false],
    [{ images: { allow: [] } }, 'debian', false],
    [{ registries: { allow: ['*.acme.example'] } }, 'hub.acme.example/dev', true],
    [{ registries: { allow: ['*.acme.example'] } }, 'debian', false],
    [{ registries: { forbid: ['docker.io'] } }, 'index.docker.io/library/debian', false],
    // A registry may be written in more than one way.
    [{ registries: { forbid: ['ghcr.io'] } }, 'GHCR.io/evil/x', false],
    [{ registries: { forbid: ['ghcr.io'] } }, 'ghcr.io:443/evil/x', false],
    [{ registries: { forbid: ['docker.io'] } }, 'registry-1.docker.io/library/debian', false],
    [{ images: { forbid: ['ghcr.io/evil/**'] } }, 'GHCR.IO:443/evil/x:1', false],
    [{ images: { forbid: ['debian'] } }, 'registry-1.docker.io/library/debian:12', false],
    [{ registries: { forbid: ['ghcr.io'] } }, 'ghcr.io:8443/x', true],
    // What has no name does not tell where it is from.
    [{ images: { allow: ['**'] } }, 'sha256:0123456789ab', false],
    [{ images: { allow: ['**'] } }, '0123456789ab', false],
    [{ registries: { allow: ['ghcr.io'] } }, 'Not An Image', false],
  ];
  for (const [policy, image, isAllowed] of table) {
    it(`${JSON.stringify(policy)}: ${image} is ${isAllowed ? '' : 'not '}allowed`, () => {
      assert.equal(imageProblem(image, bounds(policy)) === undefined, isAllowed);
    });
  }

  it('has to please each of several', () => {
    const both = combined([
      bounds({ images: { allow: ['debian:*', 'alpine:*'] } }),
      bounds({ name: 'Other', images: { allow: ['debian:*'] } }),
    ]);
    assert.equal(imageProblem('debian:12', both), undefined);
    assert.equal(imageProblem('alpine:3', both), 'Other does not allow the image alpine:3.');
  });
});

describe('the number of workspaces under a policy', () => {
  it('is one more where there is room, and a reason where there is none', () => {
    assert.equal(countProblem(50, 'Local', bounds({})), undefined);
    assert.equal(countProblem(1, 'Local', bounds({ workspacesPerPerson: 2 })), undefined);
    assert.equal(
      countProblem(2, 'Local', bounds({ workspacesPerPerson: 2 })),
      'You have 2 workspaces on Local, and Acme allows 2. Delete one of them first.',
    );
  });
});

describe('registries and catalogues under a policy', () => {
  it('are allowed by pattern', () => {
    const rules = bounds({
      registries: { allow: ['ghcr.io'] },
      catalogues: { allow: ['berth:*', 'https://acme.example/**'] },
    });
    assert.equal(registryProblem('ghcr.io', rules), undefined);
    assert.match(registryProblem('quay.io', rules) ?? '', /Acme does not allow the registry quay\.io/);
    assert.equal(catalogueProblem('berth:starter', rules), undefined);
    assert.equal(catalogueProblem('https://acme.example/a/', rules), undefined);
    assert.match(catalogueProblem('https://kasm.example/', rules) ?? '', /Acme does not allow the catalogue/);
  });
});

describe('a workspace under a policy', () => {
  it('is refused with all that speaks against it, and with who says so', () => {
    const settings = WorkspaceSettings.parse({
      image: 'alpine',
      cpus: 16,
      overrides: { privileged: true },
      fromCatalogue: { catalogue: 'https://kasm.example/', entry: 'x', digest },
    });
    const rules = bounds({
      contact: 'it@acme.example',
      settings: { cpus: { max: 4 } },
      images: { allow: ['debian:*'] },
      catalogues: { forbid: ['https://kasm.example/**'] },
      trust: { forbid: ['privileged'] },
    });
    const found = refusals(settings, rules, 'docker');
    assert.deepEqual(
      found.map(({ key }) => key),
      ['image', 'cpus', 'fromCatalogue', 'overrides'],
    );
    assert.throws(() => refuse('Cannot create “x”', found), {
      message: /^Cannot create “x”\. .*CPUs: At most 4: set by Acme \(it@acme\.example\)\./,
      code: 'invalid',
    });
    assert.deepEqual(refusals(settings, bounds({}), 'docker'), []);
  });

  const bind = { type: 'bind', source: '/var/run/docker.sock', path: '/sock' } as const;
  const data = { type: 'volume', source: 'data', path: '/data' } as const;
  const table: [rules: object, settings: object, overrides: object, refusedFor: RegExp | undefined][] = [
    [{ mounts: { allowed: ['volume:*'] } }, {}, { mounts: [bind] }, /^Volumes and data: .*bind:\/var\/run/],
    [{ mounts: { allowed: ['volume:*'] } }, {}, { mounts: [data] }, undefined],
    [
      { mounts: { allowed: ['volume:*'] } },
      {},
      { mounts: [{ type: 'anonymous', source: '', path: '/x' }] },
      /anonymous:/,
    ],
    [{ mounts: { forbidden: true } }, {}, { mounts: [data] }, /It may not be set/],
    [{ mounts: { fixed: [] } }, {}, { mounts: [data] }, /It has to be empty/],
    [
      { mounts: { max: 1 } },
      { mounts: [{ type: 'volume', source: 'mine' }] },
      { mounts: [data] },
      /At most 1/,
    ],
    [{ mounts: { max: 2 } }, { mounts: [{ type: 'volume', source: 'mine' }] }, { mounts: [data] }, undefined],
    [
      { runtime: { fixed: 'runsc' } },
      { runtime: 'runsc' },
      { runtime: 'runc' },
      /^Container runtime: .*runsc/,
    ],
    [{ runtime: { fixed: 'runsc' } }, { runtime: 'runsc' }, {}, undefined],
    [{ runtime: { forbidden: true } }, {}, { runtime: 'kata' }, /It may not be set/],
    [{ user: { allowed: ['dev'] } }, {}, { user: 'root' }, /^User: .*not root/],
    [{ gpuCount: { max: 0 } }, {}, { gpus: { count: 1 } }, /^GPUs: At most 0/],
    [{ gpuCount: { max: 2 } }, {}, { gpus: { count: -1 } }, /^GPUs: At most 2/],
    [{ gpuCount: { max: 1 } }, {}, { gpus: { ids: ['a', 'b'] } }, /^GPUs: At most 1/],
    [{ gpuCount: { max: 2 } }, {}, { gpus: { count: 2 } }, undefined],
    // Of what has no setting, rules say nothing.
    [{ ports: { forbidden: true } }, {}, { publishAll: true, volumesFrom: ['other'] }, undefined],
  ];
  for (const [rules, own, overrides, expected] of table) {
    it(`under ${JSON.stringify(rules)} may ${expected ? 'not ' : ''}have an entry ask for ${JSON.stringify(overrides)}`, () => {
      const settings = WorkspaceSettings.parse({ image: 'x', ...own, overrides });
      const found = refusals(settings, bounds({ settings: rules }), 'docker');
      assert.deepEqual(
        found.map(({ key }) => key),
        expected ? ['overrides'] : [],
      );
      if (expected) assert.match(found[0]?.message ?? '', expected);
    });
  }

  it('is refused once for what is against a rule already without its entry', () => {
    const settings = WorkspaceSettings.parse({
      image: 'x',
      mounts: [{ type: 'bind', source: '/etc' }],
      overrides: { mounts: [data] },
    });
    const rules = bounds({ settings: { mounts: { allowed: ['volume:*'] } } });
    assert.deepEqual(
      refusals(settings, rules, 'docker').map(({ key }) => key),
      ['mounts'],
    );
  });
});
