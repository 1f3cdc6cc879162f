/** A small file system on a loop device, to run out of space on. */
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../support/command.ts';

export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'mounted');
  }

  /** `size` as truncate(1) takes it; it takes room on this machine only as it fills. */
  static async make(size = '4M'): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'berth-disk-'));
    const disk = new SmallDisk(folder);
    const image = join(folder, 'image');
    await run('truncate', ['-s', size, image]);
    await run('mkfs.ext4', ['-q', '-m', '0', image]);
    await run('mkdir', [disk.path]);
    await run('mount', ['-o', 'loop', image, disk.path]);
    // Docker copies an image's content only into what is empty.
    await rmdir(join(disk.path, 'lost+found'));
    return disk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', ['-l', this.path], { mayFail: true });
    await rm(this.#folder, { recursive: true, force: true });
  }
}
