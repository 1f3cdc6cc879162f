/** A workspace's record in its volume: read, and written together with the files that boot needs of it. */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { limitsFile } from '../../boot/bootConfig.ts';
import { bootInputs, recordFolder } from '../../boot/bootFiles.ts';
import { BerthError } from '../../workspace/error.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { Report } from '../engine.ts';
import { parseRecord, recordFiles } from '../recordFile.ts';
import { type ArchiveFile, packFiles, readFile } from './archive.ts';
import { recordVolume } from './names.ts';
import { fileTimeIn, inRecord } from './observe.ts';
import { factsOf, type Parts } from './parts.ts';
import { withPassage } from './passage.ts';
import { trustedRecord } from './trust.ts';
import { deleted, removeIfDeleted } from './volumeSet.ts';

const maxRecordBytes = 4 * 1024 ** 2;

export class RecordStore {
  readonly #docker: Dockerode;
  readonly #boot: ArchiveFile;

  constructor(docker: Dockerode, bootScript: string) {
    this.#docker = docker;
    this.#boot = bootFile(bootScript);
  }

  /**
   * Through the workspace's container, running or not, or through a passage where it is gone. What it has otherwise than
   * the engine does not count, and is reported.
   */
  async read(parts: Parts, signal?: AbortSignal, report?: Report): Promise<WorkspaceRecord> {
    const { name } = parts;
    if (!parts.record) {
      throw new BerthError(l10n.t('The record of “{0}” is gone: its volume was removed by hand.', name), {
        code: 'not-found',
      });
    }
    const file = await this.through(parts, container =>
      readFile(container, inRecord(bootInputs.record), maxRecordBytes, signal),
    );
    const { record, differing } = trustedRecord(name, parseRecord(name, file?.content), factsOf(parts));
    if (differing.length > 0) {
      const text = l10n.t(
        'The record inside “{0}” was changed by hand. What the engine has of it counts: {1}',
        name,
        differing.join(', '),
      );
      report?.({ kind: 'output', text: `${text}\n` });
    }
    return record;
  }

  /** All files, into a container that mounts the record. */
  async writeAll(container: Dockerode.Container, record: WorkspaceRecord): Promise<void> {
    await this.#put(container, [this.#boot, ...recordFiles(record)]);
  }

  /** The files that differ between two records: boot may have given the others to the login user. */
  async writeChanges(parts: Parts, before: WorkspaceRecord, after: WorkspaceRecord): Promise<void> {
    const old = new Map(recordFiles(before).map(({ path, content }) => [path, content]));
    const changed = recordFiles(after).filter(({ path, content }) => old.get(path) !== content);
    await this.through(parts, container => this.#put(container, changed));
  }

  /** Brings boot.sh up to date where another version of Berth has put its own there. */
  async refreshBoot(container: Dockerode.Container, signal: AbortSignal): Promise<void> {
    const time = await fileTimeIn(container, inRecord(bootInputs.boot), signal);
    if (time !== this.#boot.modified?.getTime()) await this.#put(container, [this.#boot]);
  }

  /** The days that are to come of a daily stop; the other limits stay as they were written. */
  async refreshLimits(parts: Parts, now: number, signal: AbortSignal): Promise<void> {
    if (!factsOf(parts).settings?.dailyStop) return;
    const record = await this.read(parts, signal);
    await this.through(parts, container => this.#put(container, [limitsFile(record, now)]));
  }

  /** Gives `action` a container that mounts the record. */
  async through<T>(
    parts: Pick<Parts, 'name' | 'container' | 'record'>,
    action: (container: Dockerode.Container) => Promise<T>,
  ): Promise<T> {
    const { name, container, record } = parts;
    if (container) return await action(this.#docker.getContainer(container.id));
    const mounts = [{ Type: 'volume' as const, Source: recordVolume(name), Target: recordFolder }];
    const passed = withPassage(this.#docker, { name, mounts }, action);
    await passed.catch(() => {});
    if (await removeIfDeleted(this.#docker, name, { record, home: undefined })) throw deleted(name);
    return await passed;
  }

  async #put(container: Dockerode.Container, files: readonly ArchiveFile[]): Promise<void> {
    await container.putArchive(await packFiles(files), { path: recordFolder });
  }
}

/** The file's time is made of its text, so that one look at the time tells whether the text is the same. */
function bootFile(script: string): ArchiveFile {
  const seconds = createHash('sha256').update(script).digest().readUInt32BE(0) >>> 2;
  return { path: bootInputs.boot, mode: 0o755, content: script, modified: new Date(seconds * 1000) };
}
