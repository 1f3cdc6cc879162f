/** A cluster that is up, as tests see it. */
import { join } from 'node:path';
import type { CommandOptions, CommandResult } from '../command.ts';
import { type ClusterRecord, hasUsers, isKept, removeUser } from './clusterFolder.ts';
import { Kubectl } from './kubectl.ts';
import { type KubernetesObject, type Namespaces, roleBinding, userName } from './objects.ts';
import { userKubeconfigOf } from './ordinaryUser.ts';
import { startComponent, stopComponent } from './ownCluster.ts';
import { remove } from './removal.ts';

export class Cluster implements AsyncDisposable {
  readonly #record: ClusterRecord;
  readonly #folder: string;
  readonly #user: string;
  readonly #admin: Kubectl;
  readonly #ordinary: Kubectl;

  constructor(folder: string, record: ClusterRecord, user: string) {
    this.#folder = folder;
    this.#record = record;
    this.#user = user;
    this.#admin = new Kubectl(record.kubectl, record.kubeconfig, folder);
    this.#ordinary = new Kubectl(record.kubectl, userKubeconfigOf(folder), folder);
  }

  /** For the environment of processes that are to share this cluster: see clusterVariable. */
  get folder(): string {
    return this.#folder;
  }

  get source(): ClusterRecord['source'] {
    return this.#record.source;
  }

  /** Path of the administrator's kubeconfig (system:masters where the cluster is made here). */
  get kubeconfig(): string {
    return this.#record.kubeconfig;
  }

  /** Path of the ordinary user's: rights in the four namespaces and nowhere else; `usual` is its default. */
  get userKubeconfig(): string {
    return this.#ordinary.kubeconfig;
  }

  /** https://…, with a certificate that both kubeconfigs know. */
  get server(): string {
    return this.#record.server;
  }

  get namespaces(): Namespaces {
    return this.#record.namespaces;
  }

  /** What a pod can be made from in any namespace; needs the registry's login where there is a registry. */
  get image(): string {
    return this.#record.image;
  }

  /** A private registry that the nodes and this machine reach under one name; only of a cluster made here. */
  get registry(): ClusterRecord['registry'] {
    return this.#record.registry;
  }

  /** The program, to be run by hand or measured. */
  get kubectlPath(): string {
    return this.#record.kubectl;
  }

  /** As the administrator. */
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.#admin.run(args, options);
  }

  /** As the ordinary user, whose default namespace is `usual`. */
  userKubectl(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.#ordinary.run(args, options);
  }

  /**
   * Takes the ordinary user's rights in a namespace away and gives those of that Role instead: an object, or YAML or
   * JSON. Without one the broad rights of the beginning come back.
   */
  async bindRole(namespace: string, role?: string | KubernetesObject): Promise<void> {
    let name: string | undefined;
    if (role !== undefined) {
      const input = typeof role === 'string' ? role : JSON.stringify(role);
      const applied = await this.#admin.run(['apply', '-n', namespace, '-f', '-', '-o', 'name'], { input });
      name = /^role\.rbac\.authorization\.k8s\.io\/(\S+)$/m.exec(applied.stdout)?.[1];
      if (name === undefined) throw new Error(`Not one Role: ${applied.stdout}`);
    }
    // A binding's role cannot be changed.
    await this.#admin.run(['delete', 'rolebinding', userName, '-n', namespace, '--ignore-not-found']);
    await this.#admin.apply([
      roleBinding(this.namespaces, namespace, name === undefined ? undefined : { kind: 'Role', name }),
    ]);
  }

  /** Pods run on, nobody answers; only on a cluster made here, and for the tests of one file at a time. */
  async stopApiServer(): Promise<void> {
    await stopComponent(this.#own(), 'apiserver');
  }

  async startApiServer(): Promise<void> {
    await startComponent(this.#own(), 'apiserver', this.#record);
  }

  /** Pods run on, but none starts or ends; no log, exec or port-forward. */
  async stopKubelet(): Promise<void> {
    await stopComponent(this.#own(), 'kubelet');
  }

  async startKubelet(): Promise<void> {
    await startComponent(this.#own(), 'kubelet', this.#record);
  }

  /** Where the programs of a cluster made here write, NAME.log each. */
  get logFolder(): string {
    return join(this.#own(), 'log');
  }

  #own(): string {
    if (this.source !== 'own') throw new Error('Only the programs of a cluster made here can be stopped');
    return this.#folder;
  }

  /** The last one out takes the cluster away, unless it is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await removeUser(this.#folder, this.#user);
    if (!(await hasUsers(this.#folder)) && !(await isKept(this.#folder))) await remove(this.#folder);
  }
}
