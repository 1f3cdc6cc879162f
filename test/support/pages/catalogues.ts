/** Catalogues for the gallery's tests: read by the real reader from a folder, and kept by a memory of the test's own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Approval } from '../../../src/image/catalogue/approvals.ts';
import { CatalogueReader } from '../../../src/image/catalogue/reader.ts';
import { type Kept, Shelf, type ShelfMemory, type Use } from '../../../src/image/catalogue/shelf.ts';

type Json = Readonly<Record<string, unknown>>;

export class Memory implements ShelfMemory {
  kept: readonly Kept[] = [];
  allowed: readonly Approval[] = [];
  used: readonly Use[] = [];

  catalogues(): readonly Kept[] {
    return this.kept;
  }
  async setCatalogues(catalogues: readonly Kept[]): Promise<void> {
    this.kept = catalogues;
  }
  approvals(): readonly Approval[] {
    return this.allowed;
  }
  async setApprovals(approvals: readonly Approval[]): Promise<void> {
    this.allowed = approvals;
  }
  uses(): readonly Use[] {
    return this.used;
  }
  async setUses(uses: readonly Use[]): Promise<void> {
    this.used = uses;
  }
}

/** A catalogue in a folder, and the shelf that it stands on. */
export class CatalogueFolder implements AsyncDisposable {
  readonly folder: string;
  readonly memory = new Memory();
  readonly shelf: Shelf;
  readonly #reader: CatalogueReader;

  private constructor(folder: string) {
    this.folder = folder;
    this.#reader = new CatalogueReader({ folder: join(folder, 'copies') });
    this.shelf = new Shelf(this.#reader, this.memory);
  }

  static async make(
    list: Json,
    icons: Readonly<Record<string, string | Uint8Array>> = {},
  ): Promise<CatalogueFolder> {
    const made = new CatalogueFolder(await mkdtemp(join(tmpdir(), 'berth-catalogue-')));
    await made.write(list);
    await mkdir(join(made.address, '1.1', 'icons'), { recursive: true });
    for (const [name, icon] of Object.entries(icons)) {
      await writeFile(join(made.address, '1.1', 'icons', name), icon);
    }
    return made;
  }

  get address(): string {
    return join(this.folder, 'catalogue');
  }

  async write(list: Json): Promise<void> {
    await mkdir(join(this.address, '1.1'), { recursive: true });
    await writeFile(join(this.address, '1.1', 'list.json'), JSON.stringify(list));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function listOf(...workspaces: readonly Json[]): Json {
  return {
    name: 'Acme',
    description: 'What Acme works with',
    icon: null,
    list_url: null,
    contact_url: 'https://acme.example/help',
    channels: ['stable', 'edge'],
    default_channel: 'stable',
    workspaces,
  };
}

export function entry(name: string, more: Json = {}): Json {
  return {
    friendly_name: name,
    description: `${name} as Acme has it`,
    image_src: `${name.toLowerCase()}.svg`,
    architecture: ['amd64', 'arm64'],
    categories: ['Tools'],
    docker_registry: 'https://ghcr.io/',
    compatibility: [
      { version: '1.18.x', image: `acme/${name.toLowerCase()}:1`, available_tags: ['stable', 'edge'] },
    ],
    ...more,
  };
}
