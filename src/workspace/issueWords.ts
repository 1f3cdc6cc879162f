/** What is wrong with a value, in words for the person who typed it: zod's issues of our own schema, said better. */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';

/** A problem at a place of the form: `env.2.name` is the name of the third variable. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** Of each value with a format of its own, by its path with `*` for indices: what it must look like. */
export const formatWords: Readonly<Record<string, () => string>> = {
  target: () => l10n.t('Choose a target.'),
  name: () =>
    l10n.t('Lower-case letters, digits and dashes, beginning and ending with a letter or digit, at most 40.'),
  image: () => l10n.t('An image reference has no spaces, such as debian:bookworm or ghcr.io/owner/image:1.'),
  user: () => l10n.t('A user name or a number, such as dev or 1000.'),
  home: absolute,
  runtime: () => l10n.t('Letters, digits, dots and dashes.'),
  repository: gitAddress,
  dotfiles: gitAddress,
  repositoryBranch: () => l10n.t('A branch name, such as main or feature/login.'),
  gitUserName: oneLine,
  gitUserEmail: oneLine,
  gitToken: () => l10n.t('A token has no spaces and no special characters.'),
  'publicKeys.*': () =>
    l10n.t('An OpenSSH public key, such as “ssh-ed25519 AAAA… me@laptop”, without options.'),
  'env.*.name': () => l10n.t('Letters, digits and underscores; not a digit first.'),
  'env.*.value': () => l10n.t('A value holds no NUL character.'),
  'labels.*.name': () => l10n.t('Letters, digits, dots, dashes and slashes.'),
  'labels.*.value': oneLine,
  gpuResource: qualified,
  dailyStop: () => l10n.t('Hours and minutes, such as 19:00.'),
  dailyStopZone: () => l10n.t('An IANA zone, such as Europe/Berlin or UTC.'),
  storageClass: objectWords,
  priorityClass: objectWords,
  serviceAccount: objectWords,
  'imagePullSecrets.*': objectWords,
  'nodeSelector.*.name': qualified,
  'nodeSelector.*.value': labelValueWords,
  'tolerations.*.key': qualified,
  'tolerations.*.value': labelValueWords,
  'annotations.*.name': () => l10n.t('Letters, digits, dots, dashes and slashes.'),
  'annotations.*.value': oneLine,
  'ports.*.label': oneLine,
  'apps.*.id': slugWords,
  'apps.*.label': oneLine,
  'apps.*.command': () => l10n.t('A command holds no NUL character.'),
  'apps.*.user': () => l10n.t('A user name or a number, such as dev or 1000.'),
  'apps.*.folder': absolute,
  'apps.*.readyPath': oneLine,
  'mounts.*.path': absolute,
  'mounts.*.name': slugWords,
  'mounts.*.source': () => l10n.t('Not a valid source for this type.'),
  'mounts.*.server': () => l10n.t('A host name or address, such as files.example.com.'),
  'mounts.*.options': oneLine,
  'mounts.*.username': oneLine,
  'mounts.*.password': oneLine,
  'mounts.*.driver': () => l10n.t('The name of a volume driver, such as rclone.'),
};

/** The issues that the field `key` has with `value`, one a place, with paths that begin at the form. */
export function issuesOf(key: string, value: unknown, error: z.ZodError): Issue[] {
  const issues = error.issues.map(issue => {
    const path = [key, ...issue.path.map(String)].join('.');
    const at = issue.path.reduce<unknown>(
      (inner, step) => (isRecord(inner) ? inner[step] : undefined),
      value,
    );
    const isMissing = at === undefined || at === '';
    return { path, message: isMissing ? l10n.t('Needed.') : issueWords(path, issue) };
  });
  return issues.filter(({ path }, index) => issues.findIndex(other => other.path === path) === index);
}

function issueWords(path: string, issue: z.core.$ZodIssue): string {
  const place = path.replace(/\.\d+(?=\.|$)/g, '.*');
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return l10n.t('Needed.');
      return l10n.t('At least {0}.', String(issue.minimum));
    case 'too_big':
      if (issue.origin === 'string') return l10n.t('At most {0} characters.', String(issue.maximum));
      if (issue.origin === 'array') return l10n.t('At most {0} entries.', String(issue.maximum));
      return l10n.t('At most {0}.', String(issue.maximum));
    case 'invalid_type':
      if (issue.expected === 'int') return l10n.t('A whole number.');
      if (issue.expected === 'number') return l10n.t('A number.');
      return formatWords[place]?.() ?? notValid();
    case 'invalid_format':
      return formatWords[place]?.() ?? notValid();
    case 'invalid_union':
      return formatWords[place]?.() ?? l10n.t('Choose one.');
    case 'invalid_value':
      return l10n.t('Choose one of: {0}.', issue.values.map(String).join(', '));
    case 'custom':
      return issue.message;
    default:
      return notValid();
  }
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function notValid(): string {
  return l10n.t('Not a valid value.');
}
function absolute(): string {
  return l10n.t('A full path, beginning with /.');
}
function oneLine(): string {
  return l10n.t('One line without control characters.');
}
function slugWords(): string {
  return l10n.t('Lower-case letters, digits and dashes, at most 32.');
}
function objectWords(): string {
  return l10n.t('The name of an object of the cluster: lower-case letters, digits, dots and dashes.');
}
function qualified(): string {
  return l10n.t('A name of Kubernetes, such as nvidia.com/gpu or topology.kubernetes.io/zone.');
}
function labelValueWords(): string {
  return l10n.t('Letters, digits, dots, dashes and underscores, at most 63.');
}
function gitAddress(): string {
  return l10n.t(
    'A git address, such as https://github.com/owner/project.git or git@github.com:owner/project.git.',
  );
}
