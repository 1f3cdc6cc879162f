/** kubectl on one kubeconfig, bounded in time, with its caches out of the person's home. */
import { join } from 'node:path';
import { type CommandOptions, type CommandResult, run } from '../command.ts';

export class Kubectl {
  /** The program. */
  readonly path: string;
  readonly kubeconfig: string;
  readonly #cacheFolder: string;

  constructor(path: string, kubeconfig: string, folder: string) {
    this.path = path;
    this.kubeconfig = kubeconfig;
    this.#cacheFolder = join(folder, 'kubectl-cache');
  }

  /** Throws with what kubectl said when it fails, unless it may. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return run(this.path, [`--kubeconfig=${this.kubeconfig}`, `--cache-dir=${this.#cacheFolder}`, ...args], {
      ...options,
      env: { KUBECONFIG: this.kubeconfig, KUBECACHEDIR: this.#cacheFolder, ...options.env },
    });
  }

  async apply(objects: readonly object[], options: CommandOptions = {}): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.run(['apply', '-f', '-'], { ...options, input: JSON.stringify(list) });
  }

  /** What `get -o json` prints, parsed. */
  async get(...args: readonly string[]): Promise<unknown> {
    return JSON.parse((await this.run(['get', ...args, '-o', 'json'])).stdout);
  }
}
