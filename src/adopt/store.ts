/**
 * `adopted.json` in Berth's folder: the containers and pods that were adopted on this machine, shared by every editor and
 * the proxy. It holds host keys that Berth made, so that nobody else may read it.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import { lockPathOf, withFileLock } from '../engine/fileLock.ts';
import { watchFile } from '../engine/fileWatch.ts';
import { writeAtomically } from '../ssh/atomicWrite.ts';
import { hasCode } from '../ssh/ioError.ts';
import { BerthError } from '../workspace/error.ts';
import { type Workspace, workspaceKey } from '../workspace/workspace.ts';
import { type Adopted, AdoptedFile } from './adopted.ts';

type Ref = Pick<Workspace, 'target' | 'name'>;

export class AdoptedStore {
  readonly file: string;

  /** `file`: where adopted.json is or will be. */
  constructor(file: string) {
    this.file = file;
  }

  /** Empty where there is no file yet. Throws 'invalid' on one that this version cannot read. */
  async read(): Promise<readonly Adopted[]> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (cause) {
      if (hasCode(cause, 'ENOENT')) return [];
      throw unreadable(this.file, cause);
    }
    return parseAdopted(text, this.file);
  }

  async find(ref: Ref): Promise<Adopted | undefined> {
    return (await this.read()).find(other => isSame(other, ref));
  }

  /** Puts it on the list. Throws 'conflict' where another has its name. */
  async add(adopted: Adopted): Promise<void> {
    await this.#change(all => {
      if (all.some(other => isSame(other, adopted))) {
        throw new BerthError(l10n.t('“{0}” is the name of another one that you adopted', adopted.name), {
          code: 'conflict',
        });
      }
      return [...all, adopted];
    });
  }

  /** In the place of the one of the same name; 'not-found' where that was forgotten meanwhile. */
  async replace(adopted: Adopted): Promise<void> {
    await this.#change(all => {
      if (!all.some(other => isSame(other, adopted))) {
        throw new BerthError(l10n.t('“{0}” was forgotten meanwhile', adopted.name), { code: 'not-found' });
      }
      return all.map(other => (isSame(other, adopted) ? adopted : other));
    });
  }

  async remove(ref: Ref): Promise<void> {
    await this.#change(all => all.filter(other => !isSame(other, ref)));
  }

  /** Calls shortly after the list was changed, by whomever. */
  onChange(listener: () => void): Disposable {
    return watchFile(this.file, listener);
  }

  async #change(step: (all: readonly Adopted[]) => readonly Adopted[]): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    await withFileLock(lockPathOf(this.file), async () => {
      const file = AdoptedFile.safeParse({ version: 1, adopted: step(await this.read()) });
      // What could not be read again would take all others with it.
      if (!file.success) throw notKept(file.error);
      await writeAtomically(this.file, `${JSON.stringify(file.data, null, 2)}\n`, { mode: 0o600 });
    });
  }
}

/** Pure: the text of the file, checked. */
export function parseAdopted(text: string, file: string): readonly Adopted[] {
  try {
    return AdoptedFile.parse(JSON.parse(text)).adopted;
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): BerthError {
  return new BerthError(
    l10n.t(
      'The list of what you adopted, {0}, cannot be read. Berth leaves it as it is: mend it, or move it away.',
      file,
    ),
    { code: 'invalid', cause },
  );
}

function notKept(cause: unknown): BerthError {
  return new BerthError(l10n.t('It was not adopted: it says of itself what ssh could not be told'), {
    code: 'invalid',
    cause,
  });
}

function isSame(a: Ref, b: Ref): boolean {
  return workspaceKey(a) === workspaceKey(b);
}
