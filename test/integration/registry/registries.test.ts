/** The list of registries as tree and form use it: real registries, and the APIs of those that have their own ways. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { CredentialSource, RegistryCredentials } from '../../../src/image/credentials.ts';
import { LoginChain } from '../../../src/image/loginChain.ts';
import { Registries } from '../../../src/image/registries.ts';
import type { NetworkOptions } from '../../../src/image/registryHttp.ts';
import { parseRegistries } from '../../../src/image/registryList.ts';
import { TypedLogins } from '../../../src/image/typedLogins.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { Scene } from '../targets/support/folder.ts';
import { login, type Registry, startRegistry } from '../targets/support/registry.ts';
import { makeCertificates } from '../targets/support/tlsFront.ts';
import { basic, type Fake, startFake } from './support/fake.ts';
import { pushImage, pushManifest, types } from './support/pushed.ts';
import { startTokenServer } from './support/tokenServer.ts';

let scene: Scene;
let open: Registry;
before(async () => {
  scene = await Scene.make();
  await makeCertificates(scene);
  open = await startRegistry(scene);
  const amd64 = await pushImage(open, 'team/dev', '1.10', { architecture: 'amd64', config: { User: 'dev' } });
  const arm64 = await pushImage(open, 'team/dev', '1.9', { architecture: 'arm64', variant: 'v8' });
  const manifests = [
    { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
    { ...arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
  ];
  const index = { schemaVersion: 2, mediaType: types.index, manifests };
  await pushManifest(open, 'team/dev', 'latest', index);
  await pushImage(open, 'team/tools', '1', { architecture: 'amd64' });
});
after(() => scene[Symbol.asyncDispose]());

const { signal } = new AbortController();
const nobody: CredentialSource = { credentials: async () => undefined };
const as = (credentials: RegistryCredentials): CredentialSource => ({ credentials: async () => credentials });

interface Setup {
  readonly credentials?: CredentialSource;
  readonly network?: NetworkOptions;
  readonly dockerHubApi?: string;
}

/** As the setting has them. */
function registries(setting: readonly object[], { credentials = nobody, network, dockerHubApi }: Setup = {}) {
  const { entries, problems } = parseRegistries(setting);
  assert.deepEqual(problems, []);
  const made = new Registries({
    list: () => entries,
    access: {
      credentials,
      network: host => ({
        env: {},
        certificateFolders: [],
        ...network,
        plainHttp: entries.find(entry => entry.host === host)?.http ?? false,
      }),
    },
    ...(dockerHubApi !== undefined && { dockerHubApi }),
  });
  scene.later(() => made[Symbol.dispose]());
  return made;
}

/** Repositories or tags put into the storage of a registry as it keeps them, past its API. */
function fill({ port }: Registry, kind: 'tags' | 'repositories', count: number): void {
  const root = scene.path(`registry-${port}/docker/registry/v2/repositories`);
  const folders = Array.from({ length: count }, (_, at) =>
    kind === 'tags' ? `many/tags/_manifests/tags/1.${at}` : `many/r${at}/_layers`,
  );
  for (const folder of folders) mkdirSync(`${root}/${folder}`, { recursive: true });
}

describe('registries as a person browses them', () => {
  it('list repositories, tags newest first, and what each tag is', async () => {
    const at = registries([{ host: open.host }]);
    assert.deepEqual(await at.repositories(open.host, '', 100, signal), {
      entries: ['team/dev', 'team/tools'],
      hasMore: false,
    });
    assert.deepEqual((await at.repositories(open.host, 'TOOL', 100, signal)).entries, ['team/tools']);
    const { entries } = await at.tags(open.host, 'team/dev', '', 100, signal);
    assert.deepEqual(entries, ['latest', '1.10', '1.9']);
    assert.deepEqual((await at.tags(open.host, 'team/dev', '1.1', 100, signal)).entries, ['1.10']);
    assert.equal(at.facts(open.host, 'team/dev', 'latest'), undefined);
    const facts = await at.describe(open.host, 'team/dev', 'latest', signal);
    assert.deepEqual(facts.platforms, ['linux/amd64', 'linux/arm64/v8']);
    assert.deepEqual(at.facts(open.host, 'team/dev', 'latest'), facts);
    const reference = { registry: open.host, repository: 'team/dev', tag: 'latest' };
    assert.equal(await at.digest(reference, signal), facts.digest);
  });

  it('describe an image that is for other machines only', async () => {
    const at = registries([{ host: open.host }]);
    await pushImage(open, 'team/odd', '1', { architecture: 's390x' });
    assert.deepEqual((await at.describe(open.host, 'team/odd', '1', signal)).platforms, ['linux/s390x']);
  });

  it('ask again once they are told to forget', async () => {
    const at = registries([{ host: open.host }]);
    const names = async () => (await at.tags(open.host, 'team/tools', '', 100, signal)).entries;
    assert.deepEqual(await names(), ['1']);
    await pushImage(open, 'team/tools', '2', { architecture: 'amd64' });
    assert.deepEqual(await names(), ['1']);
    at.forget(open.host, 'team/tool');
    assert.deepEqual(await names(), ['1'], 'another repository is none of its business');
    at.forget(open.host, 'team/tools');
    assert.deepEqual(await names(), ['2', '1']);
    await pushImage(open, 'team/tools', '3', { architecture: 'amd64' });
    at.forget(open.host);
    assert.deepEqual(await names(), ['3', '2', '1']);
  });

  it('offer the fix: the login, the CA, another try', async () => {
    const closed = await startRegistry(scene, { withLogin: true, certificate: 'server', sameAs: open });
    const action = async (credentials: CredentialSource, network: NetworkOptions) => {
      const at = registries([{ host: closed.host }], { credentials, network });
      return at.repositories(closed.host, '', 100, signal).then(
        () => assert.fail('it went through'),
        (error: unknown) => (isBerthError(error) ? error.action : assert.fail(String(error))),
      );
    };
    const caFiles = [scene.path('ca.pem')];
    assert.equal((await action(as(login), {}))?.command, 'berth.trustRegistry');
    assert.deepEqual(await action(nobody, { caFiles }), {
      label: 'Log In…',
      command: 'berth.loginRegistry',
      args: [{ registry: closed.host }],
    });
    assert.equal(
      (await action(as({ ...login, password: 'x' }), { caFiles }))?.command,
      'berth.loginRegistry',
    );
    const gone = registries([{ host: '127.0.0.1:1' }]);
    await assert.rejects(
      gone.tags('127.0.0.1:1', 'a/b', '', 1, signal),
      error => isBerthError(error) && error.action?.command === 'berth.refreshRegistry',
    );
    const at = registries([{ host: closed.host }], { credentials: as(login), network: { caFiles } });
    assert.ok((await at.repositories(closed.host, '', 100, signal)).entries.includes('team/dev'));
  });

  it('show what is open of one that wants tokens, and all to who is known', async () => {
    const tokens = await startTokenServer(scene);
    const { service, issuer, origin } = tokens;
    const token = { realm: `${origin}/token`, service, issuer, rootcertbundle: scene.path('ca.pem') };
    const guarded = await startRegistry(scene, { token, sameAs: open });
    const stranger = registries([{ host: guarded.host }]);
    await assert.rejects(stranger.tags(guarded.host, 'team/dev', '', 9, signal), { code: 'pull-refused' });
    const known = registries([{ host: guarded.host }], { credentials: as(login) });
    assert.ok((await known.tags(guarded.host, 'team/dev', '', 9, signal)).entries.includes('latest'));
  });

  it('say which command logs in where passwords are of no use', async () => {
    const fake = await startFake(scene, (_, answer) =>
      answer(401, '', { 'www-authenticate': 'Basic realm="x"' }),
    );
    const at = registries([{ host: fake.host, kind: 'acr', http: true }]);
    await assert.rejects(
      at.repositories(fake.host, '', 10, signal),
      error =>
        isBerthError(error, 'pull-refused') &&
        /Run: az acr login --name 127$/.test(error.message) &&
        error.action?.command === 'berth.copyReference',
    );
  });

  it('say how long a registry wants to be left alone', async () => {
    const fake = await startFake(scene, (_, answer) => answer(429, '', { 'retry-after': '3600' }));
    const at = registries([{ host: fake.host, http: true }]);
    await assert.rejects(
      at.tags(fake.host, 'a/b', '', 10, signal),
      error =>
        isBerthError(error, 'pull-refused') &&
        /another 3600 s/.test(error.message) &&
        error.action?.command === 'berth.refreshRegistry',
    );
  });

  it('give up on one that does not answer, and let go at once of one that is left', async () => {
    const fake = await startFake(scene, () => {});
    const at = registries([{ host: fake.host, http: true }], { network: { limits: { answerMs: 300 } } });
    await assert.rejects(at.repositories(fake.host, '', 10, signal), /did not answer within 0\.3 s/);
    const patient = registries([{ host: fake.host, http: true }]);
    const leaving = new AbortController();
    const asked = patient.repositories(fake.host, '', 10, leaving.signal);
    setTimeout(() => leaving.abort(), 50);
    const begin = performance.now();
    await assert.rejects(asked);
    assert.ok(performance.now() - begin < 5000);
  });
});

describe('very many of them', () => {
  it('10,000 tags: the newest hundred, the next, and one by its name', async () => {
    fill(open, 'tags', 10_000);
    const at = registries([{ host: open.host }]);
    const first = await at.tags(open.host, 'many/tags', '', 100, signal);
    assert.equal(first.entries.length, 100);
    assert.deepEqual(first.entries.slice(0, 2), ['1.9999', '1.9998']);
    assert.equal(first.hasMore, true);
    const begin = performance.now();
    assert.equal((await at.tags(open.host, 'many/tags', '', 200, signal)).entries[199], '1.9800');
    assert.deepEqual((await at.tags(open.host, 'many/tags', '777', 3, signal)).entries, [
      '1.9777',
      '1.8777',
      '1.7779',
    ]);
    assert.equal((await at.tags(open.host, 'many/tags', '', 20_000, signal)).entries.length, 10_000);
    assert.ok(performance.now() - begin < 5000, 'they are kept');
  });

  it('repositories: the first page needs no more than one request', async () => {
    const crowded = await startRegistry(scene);
    fill(crowded, 'repositories', 2_000);
    const at = registries([{ host: crowded.host }]);
    assert.equal((await at.repositories(crowded.host, '', 100, signal)).entries.length, 100);
    assert.deepEqual((await at.repositories(crowded.host, 'r1999', 100, signal)).entries, ['many/r1999']);
    assert.equal((await at.repositories(crowded.host, '', 20_000, signal)).entries.length, 2_000);
  });
});

describe('probe', () => {
  it('tells a registry that lets in from one that wants a login, and both from what is none', async () => {
    const at = registries([]);
    const entry = { host: open.host, http: false };
    assert.deepEqual(await at.probe(entry, nobody, signal), {
      kind: undefined,
      refusal: undefined,
      hasAsked: false,
    });
    const closed = await startRegistry(scene, { withLogin: true });
    const refused = await at.probe({ host: closed.host, http: false }, nobody, signal);
    assert.equal(refused.refusal?.code, 'pull-refused');
    const wrong = as({ ...login, password: 'hush' });
    const { refusal } = await at.probe({ host: closed.host, http: false }, wrong, signal);
    assert.match(refusal?.message ?? '', /refused the login/);
    assert.doesNotMatch(refusal?.message ?? '', /hush/);
    assert.deepEqual(await at.probe({ host: closed.host, http: false }, as(login), signal), {
      kind: undefined,
      refusal: undefined,
      hasAsked: true,
    });
    const page = await startFake(scene, (_, answer) => answer(404, 'a page'));
    await assert.rejects(at.probe({ host: page.host, http: true }, nobody, signal), /no registry of images/);
  });

  it('knows Harbor by how it asks', async () => {
    const fake = await startFake(scene, (_, answer) =>
      answer(401, '', {
        'www-authenticate': `Bearer realm="${fake.origin}/service/token",service="harbor-registry"`,
      }),
    );
    const { kind } = await registries([]).probe({ host: fake.host, http: true }, nobody, signal);
    assert.equal(kind, 'harbor');
  });
});

describe('Docker Hub', () => {
  let hub: Fake;
  before(async () => {
    const page = (next: string | null, results: readonly object[]) =>
      JSON.stringify({ count: 9, next, results });
    hub = await startFake(scene, ({ url }, answer) => {
      const query = Object.fromEntries(url.searchParams);
      switch (url.pathname) {
        case '/v2/namespaces/library/repositories':
        case '/v2/namespaces/acme/repositories': {
          const namespace = url.pathname.split('/')[3];
          // Its host is not ours, as behind a mirror.
          const next = query.page ? null : `https://hub.docker.com${url.pathname}?page=2`;
          const names = query.page ? ['odd name', 'b'] : ['a'];
          return answer(
            200,
            page(
              next,
              names.map(name => ({ namespace, name })),
            ),
          );
        }
        case '/v2/search/repositories/':
          if (query.query !== 'deb ian') return answer(200, page(null, []));
          return answer(
            200,
            page(null, [
              { repo_name: 'debian', short_description: 'The system', is_official: true },
              { repo_name: 'acme/debian', short_description: '' },
            ]),
          );
        case '/v2/namespaces/acme/repositories/b/tags':
          return answer(
            200,
            page(null, [
              {
                name: query.name ? `x${query.name}` : 'new',
                digest: `sha256:${'a'.repeat(64)}`,
                full_size: 12_345,
                last_updated: '2026-01-02T03:04:05.678Z',
                images: [
                  { os: 'linux', architecture: 'arm', variant: 'v7' },
                  { os: 'linux', architecture: 'amd64', variant: null },
                  { os: 'unknown', architecture: 'unknown' },
                ],
              },
              { name: 'old', full_size: null, last_updated: null },
            ]),
          );
        default:
          return answer(404, '{}');
      }
    });
  });
  const at = () =>
    registries([{ host: 'docker.io', repositories: ['acme/typed'] }], { dockerHubApi: hub.origin });

  it('shows the official images, those of a namespace, and what its search finds', async () => {
    const list = async (query: string) => (await at().repositories('docker.io', query, 100, signal)).entries;
    assert.deepEqual(await list(''), ['library/a', 'library/b']);
    assert.deepEqual(await list('acme/'), ['acme/a', 'acme/b']);
    assert.deepEqual(await list('acme/b'), ['acme/b']);
    assert.deepEqual(await list('deb ian'), ['library/debian', 'acme/debian']);
  });

  it('says of tags when they were pushed, for which platforms and how large they are, without a manifest', async () => {
    const service = at();
    const { entries } = await service.tags('docker.io', 'acme/b', '', 100, signal);
    assert.deepEqual(entries, ['new', 'old']);
    assert.deepEqual(service.facts('docker.io', 'acme/b', 'new'), {
      digest: `sha256:${'a'.repeat(64)}`,
      bytes: 12_345,
      at: Date.parse('2026-01-02T03:04:05.678Z'),
      platforms: ['linux/arm/v7', 'linux/amd64'],
    });
    assert.deepEqual(service.facts('docker.io', 'acme/b', 'old'), {});
    assert.deepEqual((await service.tags('docker.io', 'acme/b', 'q', 100, signal)).entries, ['xq']);
  });

  it('answers a search across all registries, each image once', async () => {
    const found = [];
    const problems: string[] = [];
    const service = registries(
      [{ host: 'docker.io', repositories: ['acme/debian'] }, { host: open.host }, { host: '127.0.0.1:1' }],
      { dockerHubApi: hub.origin },
    );
    for await (const suggestion of service.search('deb ian', signal, host => problems.push(host))) {
      found.push([suggestion.reference, suggestion.description]);
    }
    assert.deepEqual(found, [
      ['debian', 'The system'],
      ['acme/debian', ''],
    ]);
    assert.deepEqual(problems, ['127.0.0.1:1'], 'one that is down is told, and hides nothing');
  });

  it('searches remembered names, repositories and tags', async () => {
    const service = registries([{ host: 'docker.io', repositories: ['acme/typed'] }, { host: open.host }], {
      dockerHubApi: hub.origin,
    });
    const search = async (text: string) => {
      const found = [];
      for await (const { reference } of service.search(text, signal)) found.push(reference);
      return found;
    };
    assert.deepEqual(await search('acme/typ'), ['acme/typed']);
    assert.deepEqual(await search(`${open.host}/team/dev`), [`${open.host}/team/dev`]);
    assert.deepEqual(await search(`${open.host}/team/dev:1.`), [
      `${open.host}/team/dev:1.10`,
      `${open.host}/team/dev:1.9`,
    ]);
    assert.deepEqual(await search('acme/b:'), ['acme/b:new', 'acme/b:old']);
  });
});

describe('the APIs of others', () => {
  it('Quay: searched, tags by page with their dates', async () => {
    const fake = await startFake(scene, ({ url }, answer) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const more = { page, has_additional: page === 1 };
      if (url.pathname === '/api/v1/find/repositories') {
        const results = [{ name: `r${page}`, namespace: { name: 'acme' }, description: null }];
        return answer(200, JSON.stringify({ ...more, results }));
      }
      assert.equal(url.pathname, '/api/v1/repository/acme/r1/tag/');
      const tags = [{ name: `t${page}`, manifest_digest: 'sha256:x', size: 7, start_ts: 1000 }];
      return answer(200, JSON.stringify({ ...more, tags }));
    });
    const at = registries([{ host: fake.host, kind: 'quay', http: true }]);
    assert.deepEqual((await at.repositories(fake.host, '', 100, signal)).entries, []);
    assert.deepEqual((await at.repositories(fake.host, 'r', 100, signal)).entries, ['acme/r1', 'acme/r2']);
    assert.deepEqual((await at.tags(fake.host, 'acme/r1', '', 100, signal)).entries, ['t1', 't2']);
    assert.deepEqual(at.facts(fake.host, 'acme/r1', 't1'), { digest: 'sha256:x', bytes: 7, at: 1_000_000 });
  });

  it('Harbor: its own list with the login, pages by Link, artifacts with several tags or none', async () => {
    const fake = await startFake(scene, ({ url, headers }, answer) => {
      if (headers.authorization !== basic(login)) return answer(401);
      if (url.pathname === '/api/v2.0/repositories') {
        const page = url.searchParams.get('page');
        const link = { link: `</api/v2.0/repositories?page=2>; rel="next"` };
        return answer(200, JSON.stringify([{ name: `acme/team/r${page}` }]), page === '1' ? link : {});
      }
      assert.equal(url.pathname, '/api/v2.0/projects/acme/repositories/team%252Fr1/artifacts');
      return answer(
        200,
        JSON.stringify([
          {
            digest: 'sha256:1',
            size: 1,
            push_time: '2026-01-02T00:00:00Z',
            tags: [{ name: 'b' }, { name: 'a' }],
          },
          { digest: 'sha256:2', tags: null },
          {
            digest: 'sha256:3',
            references: [{ platform: { os: 'linux', architecture: 'arm64' } }],
            tags: [{ name: 'c' }],
          },
        ]),
      );
    });
    const setting = [{ host: fake.host, kind: 'harbor', http: true }];
    const at = registries(setting, { credentials: as(login) });
    assert.deepEqual((await at.repositories(fake.host, '', 100, signal)).entries, [
      'acme/team/r1',
      'acme/team/r2',
    ]);
    assert.deepEqual((await at.tags(fake.host, 'acme/team/r1', '', 100, signal)).entries, ['b', 'a', 'c']);
    assert.deepEqual(at.facts(fake.host, 'acme/team/r1', 'c')?.platforms, ['linux/arm64']);
    await assert.rejects(registries(setting).repositories(fake.host, '', 9, signal), {
      code: 'pull-refused',
    });
  });

  it('Azure and Google: the newest first, as their own lists say', async () => {
    const fake = await startFake(scene, ({ url }, answer) => {
      if (url.pathname === '/acr/v1/dev/_tags') {
        const tags = [
          { name: 'z', digest: 'sha256:z', lastUpdateTime: '2026-01-02T00:00:00Z' },
          { name: 'a' },
        ];
        return answer(200, JSON.stringify({ tags }));
      }
      if (url.pathname !== '/v2/dev/tags/list') return answer(url.pathname === '/v2/' ? 200 : 404);
      const manifest = {
        'sha256:1': { tag: ['old'], imageSizeBytes: '5', timeUploadedMs: '1000' },
        'sha256:2': { tag: ['new', 'newer'], imageSizeBytes: '6', timeUploadedMs: '2000' },
        'sha256:3': { tag: [] },
      };
      return answer(200, JSON.stringify({ tags: ['new', 'newer', 'old'], manifest }));
    });
    const tags = async (kind: string) => {
      const at = registries([{ host: fake.host, kind, http: true }]);
      return (await at.tags(fake.host, 'dev', '', 100, signal)).entries;
    };
    assert.deepEqual(await tags('acr'), ['z', 'a']);
    assert.deepEqual(await tags('gar'), ['new', 'newer', 'old']);
    assert.deepEqual(await tags('ghcr'), ['new', 'newer', 'old'], 'by name');
  });

  it('fall back to the specification where the API does not answer as it should', async () => {
    const fake = await startFake(scene, ({ url }, answer) =>
      url.pathname === '/v2/dev/tags/list'
        ? answer(200, '{"tags":["1","2"]}')
        : answer(url.pathname === '/v2/' ? 200 : 500),
    );
    const at = registries([{ host: fake.host, kind: 'quay', http: true }]);
    assert.deepEqual((await at.tags(fake.host, 'dev', '', 100, signal)).entries, ['2', '1']);
  });
});

describe('typed logins', () => {
  const store = () => {
    const kept = new Map<string, string>();
    const secrets = {
      get: async (key: string) => kept.get(key),
      store: async (key: string, value: string) => void kept.set(key, value),
      delete: async (key: string) => void kept.delete(key),
    };
    return { kept, logins: new TypedLogins(secrets) };
  };

  it('are kept one a registry, and are gone once they are removed', async () => {
    const { kept, logins } = store();
    await logins.keep('a.example', login);
    await logins.keep('b.example', { ...login, username: 'other' });
    assert.deepEqual([...kept.keys()], ['berth.registry.a.example', 'berth.registry.b.example']);
    assert.deepEqual(await logins.credentials('a.example'), login);
    await logins.remove('a.example');
    assert.equal(await logins.credentials('a.example'), undefined);
    assert.equal((await logins.credentials('b.example'))?.username, 'other');
    for (const rubbish of ['', '{', '{"username":1}', 'null']) {
      kept.set('berth.registry.c.example', rubbish);
      assert.equal(await logins.credentials('c.example'), undefined);
    }
  });

  it('come after what docker login left, and count where that has none or cannot be read', async () => {
    const { logins } = store();
    await logins.keep('a.example', login);
    const docker = { username: 'docker', password: 'x' };
    assert.deepEqual(await new LoginChain(as(docker), logins).credentials('a.example'), docker);
    assert.deepEqual(await new LoginChain(nobody, logins).credentials('a.example'), login);
    const broken: CredentialSource = { credentials: () => Promise.reject(new Error('locked')) };
    assert.deepEqual(await new LoginChain(broken, logins).credentials('a.example'), login);
    await assert.rejects(new LoginChain(broken, logins).credentials('b.example'), /locked/);
  });
});
