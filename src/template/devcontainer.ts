/** What of a `devcontainer.json` a workspace can take over (containers.dev, json_reference), and what it cannot, with the reason. Pure. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { readEach } from '../image/catalogue/readEach.ts';
import type { FormKey } from '../workspace/draft.ts';
import { EnvVariable, Mount, WorkspaceSettings } from '../workspace/settings.ts';
import { parseCommentedJson, unreadable } from './commentedJson.ts';
import { type FolderPlace, fillIn } from './devcontainerVariables.ts';
import { type PostCreate, postCreateScript } from './postCreate.ts';

export interface DevcontainerValues {
  /** By key of the form. */
  readonly values: Partial<Record<FormKey, unknown>>;
  /** It builds its image: that comes first. */
  readonly hasBuild: boolean;
  /** What it asks for and does not get, with the reason where that is not plain. */
  readonly notUsed: readonly string[];
}

const text = z.string().max(65_536);
const Command = z.union([text, z.array(text).max(256)]);

const Known = z
  .object({
    image: WorkspaceSettings.shape.image,
    remoteUser: text,
    containerUser: text,
    containerEnv: z.record(z.string(), text),
    forwardPorts: z.array(z.union([z.number(), z.string()])).max(64),
    mounts: z.array(z.union([text, z.record(z.string(), z.unknown())])).max(64),
    postCreateCommand: z.union([Command, z.record(z.string(), Command)]),
  })
  .partial();

/** What says nothing to a workspace and asks for nothing. */
const silent: ReadonlySet<string> = new Set(['$schema', 'name']);
/** What the build of an image takes (image/devcontainer.ts). */
const ofBuild: ReadonlySet<string> = new Set(['build', 'dockerFile', 'context']);

type Leave = (what: string, why?: string) => void;

/** Throws 'invalid' for a file that cannot be read at all. */
export function devcontainerValues(file: string, place: FolderPlace): DevcontainerValues {
  const whole = z.record(z.string(), z.unknown()).safeParse(parseCommentedJson(file, place.file));
  if (!whole.success) throw unreadable(place.file, l10n.t('it is not an object.'));
  const notUsed: string[] = [];
  const leave: Leave = (what, why) => notUsed.push(why === undefined ? what : `${what} (${why})`);
  const hasBuild = Object.hasOwn(whole.data, 'build') || Object.hasOwn(whole.data, 'dockerFile');
  for (const key of Object.keys(whole.data)) {
    if (key in Known.shape || silent.has(key) || (hasBuild && ofBuild.has(key))) continue;
    leave(key.slice(0, 100));
  }
  const known = readEach(Known, whole.data, (key, _path, message) => leave(key, message));
  if (known.image !== undefined && hasBuild) leave('image', l10n.t('an image is built'));
  if (known.containerUser !== undefined && known.remoteUser !== undefined) leave('containerUser');
  const image = hasBuild ? undefined : filled('image', known.image, place, leave);
  const user = filled('remoteUser', known.remoteUser ?? known.containerUser, place, leave);
  const env = envOf(known.containerEnv ?? {}, place, leave);
  const ports = portsOf(known.forwardPorts ?? [], leave);
  const mounts = mountsOf(known.mounts ?? [], place, leave);
  const script = scriptOf(known.postCreateCommand, place, leave);
  const values: Partial<Record<FormKey, unknown>> = {
    ...(image && { image }),
    ...(user && { user }),
    ...(env.length > 0 && { env }),
    ...(ports.length > 0 && { ports }),
    ...(mounts.length > 0 && { mounts }),
    ...(script !== undefined && { initScript: script }),
  };
  return { values, hasBuild, notUsed };
}

/** Undefined where it cannot be had, which is said. */
function filled(
  what: string,
  value: string | undefined,
  place: FolderPlace,
  leave: Leave,
): string | undefined {
  if (value === undefined) return undefined;
  const { text: found, missing } = fillIn(value, place);
  if (missing === undefined) return found;
  leave(what, missing);
  return undefined;
}

/** What comes from this machine's own environment is taken for a secret: it may be one. */
function envOf(env: Readonly<Record<string, string>>, place: FolderPlace, leave: Leave): EnvVariable[] {
  return Object.entries(env).flatMap(([name, value]): EnvVariable[] => {
    const what = `containerEnv.${name.slice(0, 100)}`;
    const { text: found, missing, isOfThisFolder, isPrivate } = fillIn(value, place);
    if (missing !== undefined || isOfThisFolder) {
      leave(what, missing ?? l10n.t('it is a path of this machine'));
      return [];
    }
    const parsed = EnvVariable.safeParse({ name, value: found, secret: isPrivate });
    if (!parsed.success) leave(what, l10n.t('it is not what it should be'));
    return parsed.success ? [parsed.data] : [];
  });
}

/** A port of another container, `db:5432`, is not the workspace's. */
function portsOf(ports: readonly (number | string)[], leave: Leave) {
  return ports.flatMap(given => {
    const [, number] = /^(?:(?:localhost|127\.0\.0\.1):)?(\d{1,5})$/.exec(String(given)) ?? [];
    const port = WorkspaceSettings.shape.ports.safeParse([{ port: Number(number) }]);
    if (!port.success) leave(`forwardPorts: ${String(given).slice(0, 100)}`);
    return port.success ? port.data : [];
  });
}

/** As `docker run --mount` takes one, or the same as an object. */
function mountsOf(
  mounts: readonly (string | Readonly<Record<string, unknown>>)[],
  place: FolderPlace,
  leave: Leave,
): Mount[] {
  return mounts.flatMap((given): Mount[] => {
    const options = typeof given === 'string' ? mountOptions(given) : given;
    const word = (...names: readonly string[]) =>
      names.map(name => options[name]).find(value => typeof value === 'string');
    const source = word('source', 'src');
    const path = word('target', 'destination', 'dst');
    const what = `mounts: ${path ?? String(given).slice(0, 100)}`;
    const from = fillIn(String(source ?? ''), place);
    const to = fillIn(String(path ?? ''), place);
    const missing = from.missing ?? to.missing;
    const readOnly = ['', 'true', '1', true].some(yes => options.readonly === yes || options.ro === yes);
    const mount = Mount.safeParse({
      type: options.type ?? 'volume',
      source: from.text,
      path: to.text,
      readOnly,
    });
    const isKnown = mount.success && (mount.data.type === 'bind' || mount.data.type === 'volume');
    if (missing === undefined && isKnown) return [mount.data];
    leave(what, missing);
    return [];
  });
}

/** `type=bind,source=/a,readonly`: a word alone is there, with nothing to say. */
function mountOptions(words: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    words.split(',').map(word => {
      const [name = '', ...value] = word.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
}

/** What is private has no place in a script, which everybody sees. */
function scriptOf(command: PostCreate | undefined, place: FolderPlace, leave: Leave): string | undefined {
  if (command === undefined) return undefined;
  const { missing, isOfThisFolder, isPrivate } = fillIn(JSON.stringify(command), place);
  const why =
    missing ??
    (isOfThisFolder ? l10n.t('it is a path of this machine') : undefined) ??
    (isPrivate ? l10n.t('it wants a value of this machine’s environment') : undefined);
  if (why !== undefined) {
    leave('postCreateCommand', why);
    return undefined;
  }
  return postCreateScript(command, place.repositoryFolder, word => fillIn(word, place).text);
}
