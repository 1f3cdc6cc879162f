/**
 * A strategic merge patch on a pod template, as the API server would apply it: lists of things with a name are merged by
 * it, null removes, `$patch: delete` and `$patch: replace` do what they say. (API conventions, 'Strategic Merge Patch'.)
 */
import * as l10n from '@vscode/l10n';
import { load } from 'js-yaml';
import { BerthError } from '../../workspace/error.ts';

/** By which key a list of core/v1's PodTemplateSpec is merged; every other list is replaced. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  resourceClaims: 'name',
  schedulingGates: 'name',
};

type Tree = Readonly<Record<string, unknown>>;

/** Throws 'invalid' where the text is no YAML mapping. */
export function patched<T extends object>(template: T, text: string): T {
  return merged(template as Tree, parsePodPatch(text)) as T;
}

export function parsePodPatch(text: string): Tree {
  const invalid = (cause?: unknown) =>
    new BerthError(
      l10n.t(
        'The pod patch is no YAML or JSON mapping, such as “spec: { hostNetwork: false }”: {0}',
        String(cause ?? ''),
      ),
      { code: 'invalid', cause },
    );
  let value: unknown;
  try {
    value = load(text);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message.split('\n')[0] : cause);
  }
  if (!isTree(value)) throw invalid();
  return value;
}

function merged(base: Tree, patch: Tree): Tree {
  if (patch.$patch === 'replace') return without(patch, '$patch');
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__' || key.startsWith('$')) continue;
    const before = Object.hasOwn(result, key) ? result[key] : undefined;
    if (value === null) delete result[key];
    else if (isTree(value)) {
      if (value.$patch === 'delete') delete result[key];
      else result[key] = merged(isTree(before) ? before : {}, value);
    } else if (Array.isArray(value)) result[key] = mergedList(key, before, value);
    else result[key] = value;
  }
  return result;
}

function mergedList(key: string, before: unknown, patch: readonly unknown[]): unknown {
  const mergeKey = mergeKeys[key];
  if (mergeKey === undefined || !patch.every(isTree)) return patch;
  const isReplaced = patch.some(item => item.$patch === 'replace' && item[mergeKey] === undefined);
  if (isReplaced) return patch.filter(item => item.$patch === undefined);
  const items: unknown[] = Array.isArray(before) ? [...before] : [];
  for (const item of patch) {
    const at = items.findIndex(other => isTree(other) && other[mergeKey] === item[mergeKey]);
    const there = items[at];
    if (item.$patch === 'delete') {
      if (at >= 0) items.splice(at, 1);
    } else if (at >= 0 && isTree(there)) items[at] = merged(there, item);
    else items.push(merged({}, item));
  }
  return items;
}

function without(tree: Tree, key: string): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key));
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
