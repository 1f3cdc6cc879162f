/** The list of targets, `targets.json` in Berth's folder: shared by every editor on the machine and the proxy. */
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { writeAtomically } from '../ssh/atomicWrite.ts';
import { BerthError } from '../workspace/error.ts';
import { TargetId } from '../workspace/name.ts';
import { discover, type Found, identityOf } from './docker/discover.ts';
import { formatEndpoint, parseEndpoint } from './docker/endpoint.ts';
import { lockPathOf, withFileLock } from './fileLock.ts';
import { clusterName, formatCluster } from './kubernetes/endpoint.ts';
import { byHand, type DockerEndpoint, type KubernetesEndpoint, Target, TargetsFile } from './target.ts';

export type { TlsFiles } from './docker/endpoint.ts';
/** Checks an address as it is typed; throws 'invalid' with words. */
export { parseEndpoint };

/** Where a target is, whatever its kind. */
export type Endpoint = DockerEndpoint | KubernetesEndpoint;

export class TargetStore {
  /** The absolute path of targets.json. */
  readonly file: string;

  /** `folder` is Berth's own, `~/.ssh/berth`; made at the first write. */
  constructor(folder: string) {
    this.file = join(folder, 'targets.json');
  }

  /** Empty where there is no file yet. Throws 'invalid' or 'unsupported' on one that this version cannot read. */
  async read(): Promise<TargetsFile> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (cause) {
      if (isMissing(cause)) return { version: 1, targets: [], dismissed: [] };
      throw new BerthError(l10n.t('Cannot read the list of targets, {0}', this.file), { cause });
    }
    return parseTargets(text, this.file);
  }

  /** Looks for engines on this machine and keeps what is new. */
  async discover(signal: AbortSignal): Promise<TargetsFile> {
    const found = await discover();
    signal.throwIfAborted();
    return await this.merge(found);
  }

  /** Adds what was found and is neither there nor dismissed; ids and titles of the others stay as they are. */
  async merge(found: readonly Found[]): Promise<TargetsFile> {
    const before = await this.read();
    // Without a lock where nothing is new: this runs often.
    if ((await merged(before, found)) === before) return before;
    return await this.#change(file => merged(file, found));
  }

  /** The target of the list that leads to the same place. */
  async known(endpoint: Endpoint): Promise<Target | undefined> {
    const identity = await identityOfEndpoint(endpoint);
    for (const target of (await this.read()).targets) {
      if ((await identityOfEndpoint(target.endpoint)) === identity) return target;
    }
    return undefined;
  }

  /** Adds one by hand. Throws 'conflict' where it is there already, and 'invalid' where the file could not have it. */
  async add(request: {
    readonly endpoint: Endpoint;
    readonly title?: string;
    /** What its id is to be, where that is free. */
    readonly id?: TargetId;
  }): Promise<Target> {
    const { endpoint } = request;
    const identity = await identityOfEndpoint(endpoint);
    const text = textOf(endpoint);
    const added: Target[] = [];
    await this.#change(async file => {
      for (const other of file.targets) {
        if ((await identityOfEndpoint(other.endpoint)) === identity) {
          throw new BerthError(l10n.t('{0} is there already, as “{1}”', text, other.title), {
            code: 'conflict',
          });
        }
      }
      const target = targetAt(endpoint, {
        id: freeId(request.id ?? nameOf(endpoint), file.targets),
        title: request.title?.trim().slice(0, 120) || titleOf(endpoint),
        origin: byHand,
      });
      if (!Target.safeParse(target).success)
        throw new BerthError(l10n.t('{0} is no place where workspaces can run', text), { code: 'invalid' });
      added.push(target);
      return {
        ...file,
        targets: [...file.targets, target],
        dismissed: file.dismissed.filter(dismissed => dismissed !== text && dismissed !== identity),
      };
    });
    const [target] = added;
    if (!target) throw new BerthError(l10n.t('Could not add {0}', text));
    return target;
  }

  /** Takes it off the list; one that was found by itself is not added again. Its workspaces are not touched. */
  async remove(id: TargetId): Promise<void> {
    await this.#change(async file => {
      const target = file.targets.find(target => target.id === id);
      if (!target) return file;
      return {
        ...file,
        targets: file.targets.filter(other => other !== target),
        dismissed: [...new Set([...file.dismissed, await identityOfEndpoint(target.endpoint)])],
      };
    });
  }

  /** Changes what the tree shows; the id stays. */
  async rename(id: TargetId, title: string): Promise<void> {
    const trimmed = title.trim();
    if (trimmed === '' || trimmed.length > 120) {
      throw new BerthError(l10n.t('The title of a target has 1 to 120 characters'), { code: 'invalid' });
    }
    await this.#change(async file => {
      if (!file.targets.some(target => target.id === id)) {
        throw new BerthError(l10n.t('There is no target “{0}” any more', id), { code: 'not-found' });
      }
      const targets = file.targets.map(target => (target.id === id ? { ...target, title: trimmed } : target));
      return { ...file, targets };
    });
  }

  /** Calls shortly after the file was changed, by whomever. */
  onChange(listener: () => void): Disposable {
    const end = new AbortController();
    let watcher: FSWatcher | undefined;
    let timer: NodeJS.Timeout | undefined;
    const folder = dirname(this.file);
    const name = basename(this.file);
    mkdir(folder, { recursive: true, mode: 0o700 }).then(
      () => {
        if (end.signal.aborted) return;
        watcher = watch(folder, { persistent: false }, (_event, changed) => {
          if (changed !== null && changed !== name) return;
          clearTimeout(timer);
          timer = setTimeout(listener, 30).unref();
        });
        // The folder was removed: whoever makes it again is seen at the next start.
        watcher.on('error', () => watcher?.close());
      },
      () => {},
    );
    return {
      [Symbol.dispose]: () => {
        end.abort();
        clearTimeout(timer);
        watcher?.close();
      },
    };
  }

  async #change(step: (file: TargetsFile) => Promise<TargetsFile>): Promise<TargetsFile> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    return await withFileLock(lockPathOf(this.file), async () => {
      const before = await this.read();
      const after = await step(before);
      if (after !== before)
        await writeAtomically(this.file, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o600 });
      return after;
    });
  }
}

/** Pure: the text of the file, checked. */
export function parseTargets(text: string, file: string): TargetsFile {
  const unreadable = (cause: unknown) =>
    new BerthError(
      l10n.t(
        'The list of targets, {0}, cannot be read. Berth leaves it as it is: mend it, or move it away.',
        file,
      ),
      { code: 'invalid', cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unreadable(cause);
  }
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'number' && version > 1) {
    throw new BerthError(
      l10n.t('The list of targets, {0}, was written by a newer Berth. Update Berth in this editor.', file),
      { code: 'unsupported' },
    );
  }
  const parsed = TargetsFile.safeParse(json);
  if (!parsed.success) throw unreadable(parsed.error);
  return parsed.data;
}

/** A short readable id that no other target has; permanent, because it becomes a part of every alias. */
export function freeId(name: string, taken: readonly { readonly id: string }[]): TargetId {
  const ids = new Set(taken.map(({ id }) => id));
  const stem = slug(name, 20) || 'docker';
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`;
    const id = `${slug(stem, 20 - suffix.length)}${suffix}`;
    if (!ids.has(id)) return TargetId.parse(id);
  }
}

function slug(text: string, length: number): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, length)
    .replace(/-+$/, '');
}

/** The same file where nothing is new. */
async function merged(file: TargetsFile, found: readonly Found[]): Promise<TargetsFile> {
  const identified = await Promise.all(
    file.targets.map(async target => ({ target, identity: await identityOfEndpoint(target.endpoint) })),
  );
  const targets = identified.map(({ target, identity }) => {
    // Certificates may have moved since.
    const again = found.find(candidate => candidate.identity === identity);
    return again?.endpoint.type === 'tcp' &&
      target.kind === 'docker' &&
      target.origin !== byHand &&
      !isSame(again.endpoint, target.endpoint)
      ? { ...target, endpoint: again.endpoint }
      : target;
  });
  const known = new Set([...identified.map(({ identity }) => identity), ...file.dismissed]);
  const fresh: Target[] = [];
  for (const { name, title, endpoint, origin, identity } of found) {
    if (known.has(identity) || known.has(formatEndpoint(endpoint))) continue;
    known.add(identity);
    fresh.push({
      kind: 'docker',
      id: freeId(name, [...targets, ...fresh]),
      title: title.slice(0, 120),
      endpoint,
      origin,
    });
  }
  const isNews = fresh.length > 0 || targets.some((target, at) => target !== file.targets[at]);
  return isNews ? { ...file, targets: [...targets, ...fresh] } : file;
}

/** What tells two targets apart, whatever they are called. */
async function identityOfEndpoint(endpoint: Endpoint): Promise<string> {
  return endpoint.type === 'kubernetes' ? formatCluster(endpoint) : await identityOf(endpoint);
}

/** A target that is on no list, to ask its engine something. */
export function unlisted(endpoint: Endpoint): Target {
  const title = endpoint.type === 'kubernetes' ? titleOf(endpoint) : textOf(endpoint).slice(0, 120);
  return targetAt(endpoint, { id: TargetId.parse('probe'), title, origin: 'probe' });
}

function targetAt(endpoint: Endpoint, common: Pick<Target, 'id' | 'title' | 'origin'>): Target {
  return endpoint.type === 'kubernetes'
    ? { kind: 'kubernetes', ...common, endpoint }
    : { kind: 'docker', ...common, endpoint };
}

/** A place in one line, without what is secret. */
function textOf(endpoint: Endpoint): string {
  return endpoint.type === 'kubernetes' ? formatCluster(endpoint) : formatEndpoint(endpoint);
}

function isSame(a: DockerEndpoint, b: DockerEndpoint): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What the id of a target added by hand is made of. */
function nameOf(endpoint: Endpoint): string {
  switch (endpoint.type) {
    case 'kubernetes':
      return clusterName(endpoint);
    case 'unix':
      return basename(endpoint.path).replace(/\.sock$/, '');
    case 'npipe':
      return basename(endpoint.path);
    case 'tcp':
    case 'ssh':
      return /^[\d.]+$|:/.test(endpoint.host)
        ? endpoint.host
        : (endpoint.host.split('.')[0] ?? endpoint.host);
  }
}

/** What the tree shows of it where nobody says otherwise. */
export function titleOf(endpoint: Endpoint): string {
  const words = () => {
    switch (endpoint.type) {
      case 'kubernetes':
        return `${clusterName(endpoint)} / ${endpoint.namespace}`;
      case 'tcp':
      case 'ssh':
        return endpoint.host;
      default:
        return formatEndpoint(endpoint);
    }
  };
  return words().slice(0, 120);
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
