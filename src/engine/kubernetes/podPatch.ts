/**
 * A strategic merge patch on a pod template, as the API server would apply it: lists of things with a name are merged by
 * it, null removes, `$patch` and `$retainKeys` do what they say. (sig-api-machinery/strategic-merge-patch.md; the order
 * of lists and what is refused are those of k8s.io/apimachinery, pkg/util/strategicpatch.)
 */
import * as l10n from '@vscode/l10n';
import { load } from 'js-yaml';
import { BerthError } from '../../workspace/error.ts';

/** By which key a list of core/v1's PodTemplateSpec is merged; every other list is replaced. */
const mergeKeys: ReadonlyMap<string, string> = new Map([
  ['containers', 'name'],
  ['initContainers', 'name'],
  ['ephemeralContainers', 'name'],
  ['volumes', 'name'],
  ['env', 'name'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['ports', 'containerPort'],
  ['imagePullSecrets', 'name'],
  ['hostAliases', 'ip'],
  ['topologySpreadConstraints', 'topologyKey'],
  ['resourceClaims', 'name'],
  ['schedulingGates', 'name'],
  ['ownerReferences', 'uid'],
]);

/** More than any pod has; an alias of YAML can stand for far more than was typed. */
const maxNodes = 20_000;

export type Tree = Readonly<Record<string, unknown>>;

/** Throws 'invalid' where the text is no YAML mapping, or a directive in it none of Kubernetes'. */
export function patched(template: object, text: string): Tree {
  return merged(template as Tree, parsePodPatch(text));
}

/** Throws 'invalid' where the text is no YAML mapping. */
export function parsePodPatch(text: string): Tree {
  let value: unknown;
  try {
    value = plain(load(text), { left: maxNodes });
  } catch (cause) {
    throw noMapping(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), cause);
  }
  if (!isTree(value)) throw noMapping(l10n.t('it is a single value or a list'));
  return value;
}

function noMapping(why: string, cause?: unknown): BerthError {
  return new BerthError(
    l10n.t('The pod patch is no YAML or JSON mapping, such as “spec: { hostNetwork: false }”: {0}', why),
    { code: 'invalid', cause },
  );
}

/** A copy that is a tree, of what JSON knows. */
function plain(value: unknown, budget: { left: number }): unknown {
  if (budget.left-- <= 0) throw new Error(l10n.t('it is too large, or one of its aliases contains itself'));
  if (Array.isArray(value)) return value.map(item => plain(item, budget));
  if (isTree(value)) {
    const fields = Object.entries(value).filter(([key]) => key !== '__proto__');
    return Object.fromEntries(fields.map(([key, item]) => [key, plain(item, budget)]));
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(l10n.t('a number in it is none'));
  return value;
}

function merged(base: Tree, patch: Tree): Tree {
  if (patch.$patch !== undefined) {
    if (patch.$patch === 'replace') return mapped(patch, whole);
    if (patch.$patch === 'delete') return {};
    throw badDirective(patch.$patch);
  }
  const result: Record<string, unknown> = { ...retained(base, patch) };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    const isThere = Object.hasOwn(result, key);
    if (value === null) delete result[key];
    else if (!isThere && hasDirective(value)) continue;
    else if (!isThere) result[key] = fresh(value);
    else if (Array.isArray(value)) result[key] = mergedList(key, result[key], value);
    else if (isTree(value) && isTree(result[key])) result[key] = merged(result[key], value);
    else result[key] = whole(value);
  }
  return result;
}

/** `$retainKeys` names all fields that are to be there afterwards: for a volume that becomes one of another kind. */
function retained(base: Tree, { $retainKeys: keys, ...patch }: Tree): Tree {
  if (keys === undefined) return base;
  if (!Array.isArray(keys)) throw badDirective(keys);
  const isLost = ([key, value]: [string, unknown]) =>
    value !== null && !key.startsWith('$') && !keys.includes(key);
  if (Object.entries(patch).some(isLost)) throw badDirective(`$retainKeys: ${keys.join(', ')}`);
  return Object.fromEntries(Object.entries(base).filter(([key]) => keys.includes(key)));
}

function mergedList(field: string, before: unknown, patch: readonly unknown[]): unknown {
  const key = mergeKeys.get(field);
  if (key === undefined || !Array.isArray(before)) return whole(patch);
  const items: readonly Tree[] = patch.map(item => {
    if (isTree(item)) return item;
    throw invalid(l10n.t('The pod patch has something else than a mapping in the list “{0}”.', field));
  });
  const plainItems = items.filter(({ $patch }) => $patch === undefined);
  if (items.some(({ $patch }) => $patch === 'replace')) return whole(plainItems);
  const keyOf = (item: Tree) => {
    if (item[key] !== undefined) return item[key];
    throw invalid(
      l10n.t(
        'The pod patch has something without “{1}” in the list “{0}”, by which it is merged.',
        field,
        key,
      ),
    );
  };
  let there: readonly unknown[] = before;
  // What is to go goes first, wherever in the list that stands.
  for (const { $patch, ...item } of items.filter(item => item.$patch !== undefined)) {
    if ($patch !== 'delete') throw badDirective($patch);
    const value = keyOf(item);
    there = there.filter(other => !isTree(other) || other[key] !== value);
  }
  let result = there;
  for (const item of plainItems) {
    const value = keyOf(item);
    const isThere = result.some(other => isTree(other) && other[key] === value);
    result = isThere
      ? result.map(other => (isTree(other) && other[key] === value ? merged(other, item) : other))
      : [...result, fresh(item)];
  }
  return inOrder(result, there, plainItems, key);
}

/** What the patch names is in its order, the rest in the order that it had; where neither tells, the patch's is first. */
function inOrder(
  items: readonly unknown[],
  before: readonly unknown[],
  patch: readonly Tree[],
  key: string,
): unknown[] {
  const value = (item: unknown) => (isTree(item) ? item[key] : undefined);
  const place = (list: readonly unknown[], item: unknown) =>
    list.findIndex(other => value(other) === value(item));
  const by = (list: readonly unknown[]) => (a: unknown, b: unknown) => place(list, a) - place(list, b);
  const named = items.filter(item => place(patch, item) >= 0).sort(by(patch));
  const others = items.filter(item => place(patch, item) < 0).sort(by(before));
  const result: unknown[] = [];
  for (const next of named) {
    const was = place(before, next);
    while (was >= 0 && others.length > 0 && place(before, others[0]) < was) result.push(others.shift());
    result.push(next);
  }
  return [...result, ...others];
}

/** What is new is taken as it is, but for what has a directive, which has nothing to act on. */
function fresh(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(item => !hasDirective(item)).map(fresh);
  if (!isTree(value)) return value;
  return mapped(value, item => (hasDirective(item) ? null : fresh(item)));
}

/** What stands in for something else is taken as it is, its directives passed over. */
function whole(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(whole);
  return isTree(value) ? mapped(value, whole) : value;
}

/** Without directives, and without what is null. */
function mapped(tree: Tree, change: (value: unknown) => unknown): Tree {
  const fields = Object.entries(tree).filter(([key]) => !key.startsWith('$'));
  const changed = fields.map(([key, value]) => [key, change(value)] as const);
  return Object.fromEntries(changed.filter(([, value]) => value !== null));
}

function hasDirective(value: unknown): boolean {
  return isTree(value) && value.$patch !== undefined;
}

function badDirective(directive: unknown): BerthError {
  return invalid(
    l10n.t(
      'The pod patch has a directive that Kubernetes does not know or allow there: {0}',
      String(directive),
    ),
  );
}

function invalid(message: string): BerthError {
  return new BerthError(message, { code: 'invalid' });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
