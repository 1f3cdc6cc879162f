/** Docker endpoints as text: `unix://`, `npipe://`, `tcp://` and `ssh://`, as DOCKER_HOST and `docker context` write them. */
import { isIPv6 } from 'node:net';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { DockerEndpoint } from '../target.ts';

export type TlsFiles = NonNullable<Extract<DockerEndpoint, { type: 'tcp' }>['tls']>;

/** Parses what a person typed or another tool wrote; throws 'invalid' with words. Certificates never stand in the text. */
export function parseEndpoint(text: string, tls?: TlsFiles): DockerEndpoint {
  const trimmed = text.trim();
  const refuse = (why: string): never => {
    throw new BerthError(l10n.t("'{0}' is not a Docker address: {1}", shorten(trimmed), why), {
      code: 'invalid',
    });
  };
  if (hasControlCharacter(trimmed)) return refuse(l10n.t('it has control characters in it.'));
  const [, scheme, rest] = /^([a-z]+):\/\/(.*)$/i.exec(trimmed) ?? [];
  if (scheme === undefined || rest === undefined) {
    return refuse(l10n.t('it must begin with unix://, tcp://, ssh:// or npipe://.'));
  }
  switch (scheme.toLowerCase()) {
    case 'unix':
      return rest.startsWith('/') && rest.length > 1
        ? { type: 'unix', path: rest }
        : refuse(
            l10n.t('the path of the socket must begin with a slash, as in unix:///var/run/docker.sock.'),
          );
    case 'npipe': {
      const path = rest.replaceAll('\\', '/');
      return /^\/\/[^/]+\/pipe\/[^/]+$/.test(path)
        ? { type: 'npipe', path }
        : refuse(l10n.t('a named pipe looks like npipe:////./pipe/docker_engine.'));
    }
    case 'tcp': {
      const address = splitAddress(rest);
      if (typeof address === 'string') return refuse(address);
      if (address.user !== undefined) return refuse(l10n.t('tcp:// takes no user name.'));
      if (address.path !== undefined) return refuse(l10n.t('nothing may follow the port.'));
      const port = address.port ?? (tls ? 2376 : 2375);
      return { type: 'tcp', host: address.host, port, ...(tls && { tls }) };
    }
    case 'ssh': {
      const address = splitAddress(rest);
      if (typeof address === 'string') return refuse(address);
      const { host, user, port, path } = address;
      return {
        type: 'ssh',
        host,
        ...(user !== undefined && { user }),
        ...(port !== undefined && { port }),
        ...(path !== undefined && { socket: path }),
      };
    }
    default:
      return refuse(l10n.t('it must begin with unix://, tcp://, ssh:// or npipe://.'));
  }
}

/** The text of an endpoint, which is also its identity: two endpoints with the same text are one target. */
export function formatEndpoint(endpoint: DockerEndpoint): string {
  switch (endpoint.type) {
    case 'unix':
      return `unix://${endpoint.path}`;
    case 'npipe':
      return `npipe://${endpoint.path}`;
    case 'tcp':
      return `tcp://${bracket(endpoint.host)}:${endpoint.port}`;
    case 'ssh': {
      const user = endpoint.user === undefined ? '' : `${endpoint.user}@`;
      const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
      return `ssh://${user}${bracket(endpoint.host)}${port}${endpoint.socket ?? ''}`;
    }
  }
}

interface Address {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly path?: string;
}

/** `[user@]host[:port][/path]`, or in words why it is not. The host never looks like an option of a command. */
function splitAddress(text: string): Address | string {
  const [, user, bracketed, plain, portText, path] =
    /^(?:([^@/]*)@)?(?:\[([^\]/]*)\]|([^:/[\]]*))(?::([^/]*))?(\/.*)?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return l10n.t('it is not of the form host:port.');
  if (host === '') return l10n.t('it names no host.');
  if (bracketed === undefined ? !/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(host) : !isIPv6(bracketed)) {
    return l10n.t("'{0}' cannot be the name of a host.", shorten(host));
  }
  if (user !== undefined && !/^[A-Za-z0-9_.][A-Za-z0-9_.+-]*$/.test(user)) {
    return user.includes(':')
      ? l10n.t('a password may not stand in an address.')
      : l10n.t("'{0}' cannot be the name of a user.", shorten(user));
  }
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (!/^\d{1,5}$/.test(portText ?? '') || port < 1 || port > 65_535)) {
    return l10n.t('the port must be a number from 1 to 65535.');
  }
  return {
    host,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
    ...(path !== undefined && path !== '/' && { path }),
  };
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function hasControlCharacter(text: string): boolean {
  return [...text].some(character => character < ' ' || character === '\u007f');
}

/** Hostile input can be long; a password in it is not repeated. */
function shorten(text: string): string {
  const safe = text.replace(/(:\/\/[^/@:]*):[^@]*@/, '$1:…@');
  return safe.length > 80 ? `${safe.slice(0, 79)}…` : safe;
}
