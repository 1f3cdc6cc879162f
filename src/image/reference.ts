/** Image references: `[registry/]repository[:tag][@digest]`, by the grammar of distribution/reference. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

/** A reference with what was left out filled in, but for the tag. */
export interface ImageReference {
  /** Host with port, such as 'docker.io', 'ghcr.io', '[::1]:5000'. */
  readonly registry: string;
  /** Such as 'library/debian'. */
  readonly repository: string;
  readonly tag?: string;
  /** Such as 'sha256:…'. It decides where a tag stands beside it. */
  readonly digest?: string;
}

/** Where names without a host are looked for. */
export const defaultRegistry = 'docker.io';
const officialPrefix = 'library/';

const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = new RegExp(
  `^(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`,
);
const pathComponent = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repository = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Parses what a person typed; throws 'invalid' with words. */
export function parseReference(text: string): ImageReference {
  const trimmed = text.trim();
  const refuse = (why: string): never => {
    throw new BerthError(l10n.t("'{0}' is not an image reference: {1}", shorten(trimmed), why), {
      code: 'invalid',
    });
  };
  if (trimmed === '') return refuse(l10n.t('it is empty.'));
  if (/^[a-z]+:\/\//i.test(trimmed))
    return refuse(l10n.t('leave out what stands before the host, such as https://.'));

  const at = trimmed.indexOf('@');
  const digest = at < 0 ? undefined : trimmed.slice(at + 1);
  const named = at < 0 ? trimmed : trimmed.slice(0, at);
  // A colon after the last slash begins a tag; one before it, a port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const name = colon < 0 ? named : named.slice(0, colon);

  const { registry, path } = splitName(name);
  if (!domain.test(registry)) return refuse(l10n.t("'{0}' cannot be the name of a registry.", registry));
  if (path === '') return refuse(l10n.t('it names no repository.'));
  if (/[A-Z]/.test(path)) return refuse(l10n.t('the repository must be in lower case.'));
  if (!repository.test(path)) return refuse(l10n.t("'{0}' cannot be the name of a repository.", path));
  if (registry === defaultRegistry && /^library\/[0-9a-f]{64}$/.test(path)) {
    return refuse(l10n.t('a name of 64 hexadecimal digits is taken for an image id.'));
  }
  if (registry.length + 1 + path.length > 255)
    return refuse(l10n.t('registry and repository exceed 255 characters.'));
  if (tag !== undefined && !tagPattern.test(tag)) {
    return refuse(l10n.t("'{0}' cannot be a tag: up to 128 letters, digits, '_', '.' and '-'.", tag));
  }
  if (digest !== undefined && !isDigest(digest)) {
    return refuse(l10n.t('what follows @ is not a digest, such as sha256: and 64 hexadecimal digits.'));
  }
  return {
    registry,
    repository: path,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/** Whether an image can be given that name: all but a digest, which is not chosen. */
export function isImageName(text: string): boolean {
  try {
    return parseReference(text).digest === undefined;
  } catch {
    return false;
  }
}

/** The host of a registry with its port, as references have it; throws 'invalid' with words. */
export function parseRegistry(text: string): string {
  const trimmed = text.trim();
  if (domain.test(trimmed) && trimmed.length <= 255 && URL.canParse(`https://${trimmed}`)) {
    return isDockerHub(trimmed) ? defaultRegistry : trimmed;
  }
  throw new BerthError(
    l10n.t(
      "'{0}' is not the address of a registry: it must be of the form host or host:port.",
      shorten(trimmed),
    ),
    { code: 'invalid' },
  );
}

/** Whether it is a path of lower case components, such as 'library/debian'. */
export function isRepository(text: string): boolean {
  return text.length <= 255 && repository.test(text);
}

/** All of it, such as 'docker.io/library/debian:bookworm'. */
export function formatReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** As people write it, such as 'debian:bookworm': without the default registry, where that reads back as the same. */
export function familiarReference(reference: ImageReference): string {
  const full = formatReference(reference);
  const rest = full.slice(defaultRegistry.length + 1);
  if (reference.registry !== defaultRegistry || looksLikeHost(rest.slice(0, rest.indexOf('/')))) return full;
  const short = rest.slice(officialPrefix.length);
  return rest.startsWith(officialPrefix) && !short.includes('/') ? short : rest;
}

/** With the tag 'latest' where neither tag nor digest stands. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}

/** True where both name the same image, however short each is written. */
export function isSameReference(a: string, b: string): boolean {
  try {
    const [left, right] = [a, b].map(text => formatReference(withDefaultTag(parseReference(text))));
    return left === right;
  } catch {
    return a === b;
  }
}

/** True for the id of an image in an engine, whole or short. */
export function isImageId(text: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{12,64}$/.test(text);
}

function splitName(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost =
    slash >= 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = isHost ? (first === 'index.docker.io' ? defaultRegistry : first) : defaultRegistry;
  const path = isHost ? name.slice(slash + 1) : name;
  return {
    registry,
    path:
      registry === defaultRegistry && path !== '' && !path.includes('/') ? `${officialPrefix}${path}` : path,
  };
}

/** By any of its names. */
export function isDockerHub(host: string): boolean {
  return host === defaultRegistry || host === 'index.docker.io' || host === 'registry-1.docker.io';
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The first part of a name is a registry where it has a dot, a port or upper case, or is localhost. */
function looksLikeHost(first: string): boolean {
  return /[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
}

/** Whether it is of the form `algorithm:hex`, of the length that the algorithm has. */
export function isDigest(text: string): boolean {
  if (!digestPattern.test(text)) return false;
  const [algorithm = '', hex = ''] = text.split(':');
  const length = digestLengths[algorithm];
  return length === undefined || (hex.length === length && hex === hex.toLowerCase());
}
