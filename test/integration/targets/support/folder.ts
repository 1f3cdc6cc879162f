/** A temporary folder that goes away with its test, and a list of what else has to be undone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scene implements AsyncDisposable {
  readonly folder: string;
  readonly #undo: (() => unknown)[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Scene> {
    const scene = new Scene(await mkdtemp(join(tmpdir(), 'berth-test-targets-')));
    scene.later(() => rm(scene.folder, { recursive: true, force: true }));
    return scene;
  }

  /** A path in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** To be done at the end, last first. */
  later(undo: () => unknown): void {
    this.#undo.push(undo);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
  }
}
