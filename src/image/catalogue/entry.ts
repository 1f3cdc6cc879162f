/**
 * One entry of a catalogue, of either schema, as it is found in the wild. What is odd is got over by a rule and said; what
 * cannot be used is said with its reason. Pure.
 */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import { isBerthError } from '../../workspace/error.ts';
import { imageOf, newestFirst, type Release, registryPrefix } from './images.ts';
import { isObject } from './jsonObject.ts';
import type { JsonPath, Problem } from './problem.ts';
import { readEach } from './readEach.ts';
import {
  type Architecture,
  allocationMethods,
  architectures,
  catalogueLimits,
  EntryFields,
  type ReleaseImage,
  releasePattern,
} from './schema.ts';

/** Of run_config and exec_config: JSON, not looked into yet (translate.ts). */
export type Config = Readonly<Record<string, unknown>>;

export interface Entry {
  /** Its name, with a number behind where others before it have the same. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The file's name in the catalogue's icons; absent where it has none. */
  readonly icon?: string;
  /** Empty where it does not say. */
  readonly architectures: readonly Architecture[];
  readonly categories: readonly string[];
  /** Newest first, at least one. */
  readonly releases: readonly [Release, ...Release[]];
  /** Markdown of unknown origin. */
  readonly notes?: string;
  readonly cores?: number;
  readonly memoryMiB?: number;
  readonly gpuCount?: number;
  readonly cpuAllocation?: 'inherit' | 'quotas' | 'shares';
  readonly requiresGpu: boolean;
  readonly isEnabled: boolean;
  /** The author's own mark of a change. */
  readonly sha?: string;
  readonly runConfig: Config;
  readonly execConfig: Config;
}

export interface UnusableEntry {
  /** Its place in the list. */
  readonly index: number;
  /** As much as is known of it. */
  readonly name: string;
  readonly reasons: readonly string[];
}

export interface ReadEntry {
  /** Absent where it cannot be used. */
  readonly entry?: Omit<Entry, 'id'>;
  readonly problems: readonly Problem[];
}

const required = ['friendly_name', 'description', 'image_src', 'architecture'];
/** Without these there is nothing to make a workspace of; whatever else is wrong, the entry does without. */
const essential: ReadonlySet<string> = new Set(['friendly_name', 'run_config', 'exec_config']);

export function readEntry(raw: unknown, path: JsonPath): ReadEntry {
  const problems: Problem[] = [];
  const say = (severity: Problem['severity'], at: JsonPath, message: string) =>
    problems.push({ severity, path: [...path, ...at], message });
  if (!isObject(raw)) {
    say('error', [], l10n.t('it must be an object'));
    return { problems };
  }
  const tidy = tidied(raw, say);
  const fields = readFields(tidy, say);
  const releases = releasesOf(fields, say);
  const runConfig = boundedConfig('run_config', fields.run_config, say);
  const execConfig = boundedConfig('exec_config', fields.exec_config, say);
  const { friendly_name: name } = fields;
  for (const key of required.filter(key => !tidy.has(key))) {
    say(essential.has(key) ? 'error' : 'warning', [key], l10n.t('it is missing'));
  }
  const [first, ...others] = releases;
  if (first === undefined && !problems.some(({ severity }) => severity === 'error')) {
    say('error', ['compatibility'], l10n.t('it names no image'));
  }
  if (!name || first === undefined || problems.some(({ severity }) => severity === 'error')) {
    return { problems };
  }
  const { memory, image_src: icon, notes, cores, gpu_count: gpuCount, sha } = fields;
  return {
    problems,
    entry: {
      name,
      description: fields.description ?? '',
      ...(icon && { icon }),
      architectures: fields.architecture ?? [],
      categories: fields.categories ?? [],
      releases: [first, ...others],
      ...(notes && { notes }),
      ...(cores && { cores }),
      ...(memory && { memoryMiB: memoryMiB(memory) }),
      ...(gpuCount && { gpuCount }),
      ...(fields.cpu_allocation_method && { cpuAllocation: allocations[fields.cpu_allocation_method] }),
      requiresGpu: fields.require_gpu ?? false,
      isEnabled: fields.enabled ?? true,
      ...(sha && { sha }),
      runConfig,
      execConfig,
    },
  };
}

type Say = (severity: Problem['severity'], at: JsonPath, message: string) => void;

const allocations = { Inherit: 'inherit', Quotas: 'quotas', Shares: 'shares' } as const;

/** Builders write MB; Kasm itself has bytes. Nobody has a terabyte in MB, and nobody a megabyte in bytes. */
const leastBytes = 1_000_000;
function memoryMiB(value: number): number {
  const bytes = value >= leastBytes ? value : value * 1_000_000;
  return Math.max(64, Math.round(bytes / (1024 * 1024)));
}

const numeric: ReadonlySet<string> = new Set(['cores', 'memory', 'gpu_count', 'uncompressed_size_mb']);
const lists: ReadonlySet<string> = new Set(['architecture', 'categories', 'compatibility']);
const configs: ReadonlySet<string> = new Set(['run_config', 'exec_config']);

/** What is meant clearly though it is written otherwise, put right. Only keys that count are kept. */
function tidied(raw: Readonly<Record<string, unknown>>, say: Say): Map<string, unknown> {
  const tidy = new Map<string, unknown>();
  for (const key of [...Object.keys(EntryFields.shape), 'compatibility']) {
    if (!Object.hasOwn(raw, key) || raw[key] === null) continue;
    tidy.set(key, tidyValue(key, raw[key], say));
  }
  if (!tidy.has('compatibility') && Object.hasOwn(raw, 'compatability')) {
    say('warning', ['compatability'], l10n.t('it is spelt compatibility'));
    tidy.set('compatibility', tidyValue('compatibility', raw.compatability, say));
  }
  return tidy;
}

function tidyValue(key: string, value: unknown, say: Say): unknown {
  if (lists.has(key) && (typeof value === 'string' || isObject(value))) {
    say('warning', [key], l10n.t('it must be a list'));
    return [value];
  }
  if (numeric.has(key) && typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value.trim())) {
    say('warning', [key], l10n.t('it must be a number'));
    return Number(value);
  }
  if (configs.has(key) && typeof value === 'string') {
    say('warning', [key], l10n.t('it must be an object'));
    if (value.trim() === '') return {};
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  if (key === 'cpu_allocation_method' && typeof value === 'string') {
    return allocationMethods.find(method => method.toLowerCase() === value.toLowerCase()) ?? value;
  }
  if (key === 'architecture' && Array.isArray(value)) {
    const known = architectures.filter(name => value.includes(name));
    if (known.length < value.length) say('warning', [key], l10n.t('only amd64 and arm64 are known'));
    return known;
  }
  return value;
}

type Fields = z.infer<typeof EntryFields> & { readonly compatibility: readonly Compatibility[] };
type Compatibility = string | ReleaseImage;

function readFields(tidy: ReadonlyMap<string, unknown>, say: Say): Fields {
  const { compatibility, ...rest } = Object.fromEntries(tidy);
  const fields = readEach(EntryFields, rest, (key, path, message) =>
    say(essential.has(key) ? 'error' : 'warning', path, message),
  );
  return { ...fields, compatibility: readCompatibility(compatibility, say) };
}

/** Item by item: one that is wrong does not take the others with it. */
function readCompatibility(value: unknown, say: Say): Compatibility[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    say('warning', ['compatibility'], l10n.t('it must be a list'));
    return [];
  }
  return value.slice(0, 100).flatMap((item: unknown, index): Compatibility[] => {
    if (typeof item === 'string') {
      if (releasePattern.test(item)) return [item];
      say('warning', ['compatibility', index], l10n.t('it must be a release such as 1.18.x'));
      return [];
    }
    const version = isObject(item) && typeof item.version === 'string' ? item.version : '';
    if (!isObject(item) || typeof item.image !== 'string' || item.image === '') {
      say('warning', ['compatibility', index], l10n.t('it must be a release such as 1.18.x'));
      return [];
    }
    if (!releasePattern.test(version)) {
      say('warning', ['compatibility', index, 'version'], l10n.t('it must be a release such as 1.18.x'));
    }
    const tags = Array.isArray(item.available_tags) ? item.available_tags : [];
    const size = Number(item.uncompressed_size_mb);
    return [
      {
        version,
        image: item.image.slice(0, 512),
        available_tags: tags
          .filter((tag): tag is string => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag))
          .slice(0, 200),
        ...(size > 0 && Number.isFinite(size) && { uncompressed_size_mb: size }),
      },
    ];
  });
}

/** Objects bring their own image (1.1); strings go with the entry's `name` (1.0), which beside objects means nothing. */
function releasesOf(fields: Fields, say: Say): Release[] {
  const { name, docker_registry: registry, uncompressed_size_mb: size, compatibility } = fields;
  const prefix = registryPrefix(registry ?? '');
  if (prefix === undefined)
    say('warning', ['docker_registry'], l10n.t('it is not the address of a registry'));
  const objects = compatibility.filter(item => typeof item !== 'string');
  const versions = compatibility.filter(item => typeof item === 'string');
  if (objects.length > 0 && name) {
    say('warning', ['name'], l10n.t('it means nothing beside compatibility with images'));
  }
  if (objects.length === 0 && !name) return [];
  const meant =
    objects.length > 0
      ? objects
      : (versions.length > 0 ? versions : ['']).map(version => ({
          version,
          image: name ?? '',
          available_tags: [],
          ...(size && { uncompressed_size_mb: size }),
        }));
  const reasons: string[] = [];
  const releases = meant.flatMap((release): Release[] => {
    try {
      const { version, uncompressed_size_mb: sizeMB } = release;
      return [
        {
          version,
          image: imageOf(release.image, prefix),
          tags: release.available_tags ?? [],
          ...(sizeMB && { sizeMB }),
        },
      ];
    } catch (error) {
      if (!isBerthError(error)) throw error;
      reasons.push(error.message);
      return [];
    }
  });
  const severity = releases.length > 0 ? 'warning' : 'error';
  for (const reason of new Set(reasons)) {
    say(severity, [objects.length > 0 ? 'compatibility' : 'name'], reason);
  }
  return newestFirst(releases);
}

function boundedConfig(
  key: 'run_config' | 'exec_config',
  config: Config | null | undefined,
  say: Say,
): Config {
  if (!config) return {};
  if (depthOf(config) > catalogueLimits.configDepth) {
    say('error', [key], l10n.t('it is nested too deeply'));
    return {};
  }
  if (JSON.stringify(config).length > catalogueLimits.configChars) {
    say(
      'error',
      [key],
      l10n.t('it is larger than {0} characters, the most it may be', catalogueLimits.configChars),
    );
    return {};
  }
  return config;
}

/** Level by level, and no further than has to be known: what comes from outside may be nested without end. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  for (let depth = 0; ; depth++) {
    if (level.length === 0 || depth > catalogueLimits.configDepth) return depth;
    level = level.flatMap(item => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
}
