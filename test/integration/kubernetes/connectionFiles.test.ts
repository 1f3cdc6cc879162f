/**
 * A connection file from one person to another: each has a folder, credentials and a Berth of their own, on engines that are
 * reached by TLS, by ssh and through a cluster's API. What the colleague is given beside the file is in it by name.
 */
import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectionTo, takeConnection } from '../../../src/commands/takeConnection.ts';
import { openEngine } from '../../../src/engine/load.ts';
import { Target } from '../../../src/engine/target.ts';
import { type Endpoint, TargetStore, type TlsFiles, unlisted } from '../../../src/engine/targets.ts';
import { formatConnection, parseConnection } from '../../../src/ssh/connectionFile.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { aliasOf, type WorkspaceName } from '../../../src/workspace/name.ts';
import { type Cluster, ensureCluster } from '../../support/cluster.ts';
import { endpointOf, imageSettings } from '../../support/clusterImage.ts';
import { findProgram, run } from '../../support/command.ts';
import { dockerSocket, ensureEngine } from '../../support/dockerd.ts';
import { writeKubeconfig } from '../../support/kubernetes/kubeconfig.ts';
import { userName } from '../../support/kubernetes/objects.ts';
import { dist, Room, type RoomOptions } from '../ssh/room.ts';
import { Scene } from '../targets/support/folder.ts';
import { startSshServer } from '../targets/support/sshServer.ts';
import { makeCertificates, startTlsFront } from '../targets/support/tlsFront.ts';

const host = { bootScript: '', log: () => {} };

/** Somebody on a machine that has never seen the workspace. */
class Colleague {
  readonly home: SshHome;
  readonly targets: TargetStore;
  readonly #config: string;
  /** What they have of their own. */
  tls: TlsFiles | undefined;
  kubeconfig: string | undefined;
  readonly asked: Endpoint[] = [];

  private constructor(folder: string) {
    this.home = new SshHome({ sshFolder: folder });
    this.targets = new TargetStore(this.home.folder.path);
    this.#config = `${folder}/config`;
  }

  static async in(scene: Scene, name: string): Promise<Colleague> {
    await mkdir(scene.path(name), { mode: 0o700 });
    const colleague = new Colleague(scene.path(name));
    await colleague.home.identity();
    await colleague.home.installProxy(dist, [process.execPath]);
    await colleague.home.ensureInclude();
    return colleague;
  }

  /** As the command does it. */
  async take(text: string): Promise<Target | undefined> {
    const connection = parseConnection(text, 'given.json');
    const find = async (target: Target) => {
      using engine = await openEngine(target, host);
      return await engine.find(connection.workspace, AbortSignal.timeout(60_000));
    };
    const list = async () => (await this.targets.read()).targets;
    const id = await takeConnection(connection, {
      targets: this.targets,
      kubeconfig: this.kubeconfig,
      chooseTls: async () => this.tls,
      mayAdd: async () => true,
      find: async at => {
        if ('endpoint' in at) {
          this.asked.push(at.endpoint);
          return await find(unlisted(at.endpoint));
        }
        const known = (await list()).find(target => target.id === at.known);
        return known && (await find(known));
      },
    });
    const target = (await list()).find(target => target.id === id);
    if (!target) return undefined;
    using engine = await openEngine(target, host);
    await this.home.writeTargetConfig(target, await engine.list(AbortSignal.timeout(60_000)));
    return target;
  }

  async enter(name: WorkspaceName, target: Target): Promise<string> {
    const words = ['-F', this.#config, '-o', 'BatchMode=yes', aliasOf(name, target.id)];
    const { stdout, stderr } = await run('ssh', [...words, 'echo in; uname -n'], { mayFail: true });
    return stdout.startsWith('in\n') ? stdout : stderr;
  }
}

/** What the first of them writes, whose target it is. */
async function exported(endpoint: Endpoint, name: WorkspaceName, kubeconfig?: string): Promise<string> {
  const kind = endpoint.type === 'kubernetes' ? 'kubernetes' : 'docker';
  const target = Target.parse({ kind, id: 'mine', title: 'The box', endpoint, origin: 'by hand' });
  using engine = await openEngine(target, host);
  const workspace = await engine.find(name, AbortSignal.timeout(60_000));
  assert.ok(workspace);
  return formatConnection(await connectionTo(workspace, target, kubeconfig));
}

describe('a connection file', () => {
  const owned = new AsyncDisposableStack();
  let scene: Scene;
  let cluster: Cluster;
  before(
    async () => {
      cluster = owned.use(await ensureCluster(console.log));
      owned.defer(await ensureEngine(() => {}));
      scene = owned.use(await Scene.make());
    },
    { timeout: 3_000_000 },
  );
  after(() => owned.disposeAsync());

  /** A workspace that the colleague may enter. */
  async function shared(
    colleague: Colleague,
    options: RoomOptions = {},
  ): Promise<{ readonly name: WorkspaceName; readonly room: Room }> {
    const room = owned.use(await Room.open(options));
    const keys = await Promise.all([room.home.identity(), colleague.home.identity()]);
    return { name: await room.create('given', { keys: keys.map(({ publicKey }) => publicKey) }), room };
  }

  describe('to a Docker engine', () => {
    let anna: Colleague;
    let name: WorkspaceName;
    let room: Room;
    before(async () => {
      anna = await Colleague.in(scene, 'anna');
      ({ name, room } = await shared(anna, { settings: { cpus: 0.5 } }));
    });
    const inside = async () => (await room.ssh(name, 'uname -n')).stdout;

    it('leads a colleague there by TLS with certificates of their own, and not without', async () => {
      await makeCertificates(scene);
      const files = (of: string) => ({
        ca: scene.path('ca.pem'),
        cert: scene.path(`${of}.pem`),
        key: scene.path(`${of}.key`),
        verify: true,
      });
      const port = await startTlsFront(scene, 'server');
      const endpoint = { type: 'tcp', host: '127.0.0.1', port, tls: files('client') } as const;
      const text = await exported(endpoint, name);
      assert.doesNotMatch(text, /\.pem|\.key|PRIVATE/);

      // As of a person whose machine has none, or those of another place.
      assert.equal(await anna.take(text), undefined);
      anna.tls = files('stranger');
      await assert.rejects(anna.take(text), error => isBerthError(error));
      assert.deepEqual((await anna.targets.read()).targets, []);

      anna.tls = files('colleague');
      const target = await anna.take(text);
      assert.ok(target);
      assert.deepEqual(target.endpoint, { ...endpoint, tls: files('colleague') });
      assert.equal(await anna.enter(name, target), `in\n${await inside()}`);

      // Once more adds nothing; another workspace under that name is not believed.
      assert.equal((await anna.take(text))?.id, target.id);
      const key = generateKey('').publicKey.split(' ').slice(0, 2).join(' ');
      const another = text.replace(/"hostKey": "[^"]+"/, `"hostKey": "${key}"`);
      await assert.rejects(anna.take(another), error => isBerthError(error, 'invalid'));
      assert.equal((await anna.targets.read()).targets.length, 1);
    });

    it('leads a colleague there by ssh with a key and a config of their own', async () => {
      // Of several people, and of programs that have just been told to go.
      const { port } = await startSshServer(scene, { maxStartups: '100' });
      const annas = generateKey('anna');
      await writeFile(scene.path('annas'), annas.privateKey, { mode: 0o600 });
      const config = (identity: string) => `Host 127.0.0.1
  IdentityFile ${scene.path(identity)}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${scene.path('known_hosts')}
  StrictHostKeyChecking yes
`;
      await mkdir(scene.path('bin'));
      const ssh = (await findProgram('ssh')) ?? 'ssh';
      /** From here on whoever runs ssh is that person. */
      const be = async (identity: string) => {
        await writeFile(scene.path('person.config'), config(identity), { mode: 0o600 });
        const script = `#!/bin/sh\nexec ${ssh} -F ${scene.path('person.config')} "$@"\n`;
        await writeFile(scene.path('bin/ssh.part'), script);
        await chmod(scene.path('bin/ssh.part'), 0o755);
        await rename(scene.path('bin/ssh.part'), scene.path('bin/ssh'));
      };
      const path = process.env.PATH ?? '';
      process.env.PATH = `${scene.path('bin')}${delimiter}${path}`;
      try {
        await be('user');
        const socket = dockerSocket === '/var/run/docker.sock' ? {} : { socket: dockerSocket };
        const user = userInfo().username;
        const endpoint = { type: 'ssh', host: '127.0.0.1', port, user, ...socket } as const;
        const text = await exported(endpoint, name);
        await be('annas');
        await assert.rejects(anna.take(text), error => isBerthError(error, 'unreachable'));
        await appendFile(scene.path('authorized_keys'), `${annas.publicKey}\n`);
        const target = await anna.take(text);
        assert.ok(target);
        assert.deepEqual(target.endpoint, endpoint);
        assert.equal(await anna.enter(name, target), `in\n${await inside()}`);
      } finally {
        process.env.PATH = path;
      }
    });
  });

  it('leads a colleague to a cluster, by a context that is called otherwise and a login of their own', async () => {
    const namespace = cluster.namespaces.usual;
    const endpoint = await endpointOf(cluster.userKubeconfig, namespace);
    const bob = await Colleague.in(scene, 'bob');
    const small = { cpus: 0.2, memoryMiB: 128, diskGiB: 1, ...(await imageSettings(cluster, namespace)) };
    const { name } = await shared(bob, { endpoint, settings: small });
    const text = await exported(endpoint, name);
    assert.doesNotMatch(text, /token|kubeconfig/);

    const own = scene.path('bob.kubeconfig');
    const authority = 'jsonpath={.clusters[0].cluster.certificate-authority-data}';
    const { stdout } = await cluster.userKubectl(['config', 'view', '--raw', '--minify', '-o', authority]);
    const ca = Buffer.from(stdout, 'base64').toString();
    const elsewhere = { name: 'elsewhere', server: 'https://127.0.0.1:1', token: 'x' };
    await writeKubeconfig(own, elsewhere);
    bob.kubeconfig = own;
    await assert.rejects(bob.take(text), error => {
      assert.ok(isBerthError(error, 'not-found'));
      assert.match(error.message, /No context of your kubeconfig leads to/);
      return true;
    });
    assert.deepEqual([bob.asked, (await bob.targets.read()).targets], [[], []]);

    const { stdout: token } = await cluster.kubectl(['create', 'token', userName, '-n', namespace]);
    const login = { server: cluster.server, token: token.trim(), ...(ca !== '' && { ca }) };
    await writeKubeconfig(own, { name: 'bobs-own', ...login, namespace: 'default' });
    const target = await bob.take(text);
    assert.ok(target);
    assert.deepEqual(target.endpoint, {
      type: 'kubernetes',
      context: 'bobs-own',
      kubeconfig: own,
      namespace,
    });
    assert.match(await bob.enter(name, target), /^in\n/);
  });
});
