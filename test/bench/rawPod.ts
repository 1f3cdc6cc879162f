/** The floor: the same pod with sshd, made by hand with one request for each object and OpenSSH's own client. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeApi } from '../../src/engine/kubernetes/api.ts';
import { openCluster } from '../../src/engine/kubernetes/kubeconfig.ts';
import type { JobManifest } from '../../src/engine/kubernetes/models.ts';
import { Objects } from '../../src/engine/kubernetes/objects.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import type { Cluster } from '../support/cluster.ts';
import { endpointOf } from '../support/clusterImage.ts';
import { run } from '../support/command.ts';
import { directSsh } from './rawContainer.ts';

export interface Place {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly settings: SettingsInput;
}

export class RawPod implements AsyncDisposable {
  readonly #name = `t-bench-floor-${randomBytes(3).toString('hex')}`;
  readonly #folder: string;
  readonly #objects: Objects;
  readonly #settings: SettingsInput;
  readonly #publicKey: string;

  private constructor(folder: string, objects: Objects, settings: SettingsInput, publicKey: string) {
    this.#folder = folder;
    this.#objects = objects;
    this.#settings = settings;
    this.#publicKey = publicKey;
  }

  static async prepare({ cluster, namespace, settings }: Place): Promise<RawPod> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
    const key = join(folder, 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const { context = '', kubeconfig } = await endpointOf(cluster.userKubeconfig, namespace);
    const api = new KubeApi(await openCluster({ context, ...(kubeconfig && { kubeconfig }) }));
    return new RawPod(folder, new Objects(api, namespace), settings, await readFile(`${key}.pub`, 'utf8'));
  }

  /** Secret with the key, claim, Job, and ssh to the pod's address until it has answered. */
  async createUntilAnswered(): Promise<void> {
    const metadata = { name: this.#name };
    const data = { key: Buffer.from(this.#publicKey).toString('base64') };
    await this.#objects.create('secret', { apiVersion: 'v1', kind: 'Secret', metadata, data });
    const resources = { requests: { storage: '1Gi' } };
    const spec = { accessModes: ['ReadWriteOnce'], resources };
    await this.#objects.create('claim', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec });
    await this.startUntilAnswered();
  }

  async startUntilAnswered(): Promise<void> {
    await this.#objects.create('job', this.#job());
    const deadline = Date.now() + 60_000;
    const address = await this.#address(deadline);
    const ssh = [...directSsh(join(this.#folder, 'key'), '22', address), 'true'];
    while ((await run('ssh', ssh, { mayFail: true, timeoutMs: 20_000 })).code !== 0) {
      if (Date.now() > deadline) throw new Error('the raw pod does not answer');
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    await this.#objects.remove('job', this.#name);
    const pods = () => this.#objects.list('pod', { labelSelector: `job-name=${this.#name}` });
    for (const pod of await pods()) await this.#objects.remove('pod', pod.name, { graceSeconds: 0 });
    const deadline = Date.now() + 60_000;
    while ((await pods()).length > 0 && Date.now() < deadline) await sleep(50);
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.#objects.remove('claim', this.#name);
    await this.#objects.remove('secret', this.#name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
    this.#objects.api[Symbol.dispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #address(deadline: number): Promise<string> {
    for (;;) {
      const [pod] = await this.#objects.list('pod', { labelSelector: `job-name=${this.#name}` });
      if (pod?.ip !== undefined) return pod.ip;
      if (Date.now() > deadline) throw new Error('the raw pod has no address');
      await sleep(20);
    }
  }

  #job(): JobManifest {
    const command =
      'mkdir -p /run/sshd && exec /usr/sbin/sshd -D -o AuthorizedKeysFile=/key/key -o StrictModes=no';
    const { image, imagePullSecrets = [] } = this.#settings;
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: this.#name },
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            imagePullSecrets: imagePullSecrets.map(name => ({ name })),
            containers: [
              {
                name: 'sshd',
                image,
                command: ['/bin/sh', '-c', command],
                resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '512Mi' } },
                volumeMounts: [
                  { name: 'key', mountPath: '/key' },
                  { name: 'home', mountPath: '/root' },
                ],
              },
            ],
            volumes: [
              { name: 'key', secret: { secretName: this.#name } },
              { name: 'home', persistentVolumeClaim: { claimName: this.#name } },
            ],
          },
        },
      },
    };
  }
}
