/** Which proxy leads to an address: from the editor's setting or the environment, as curl and Go read it. Pure. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import * as l10n from '@vscode/l10n';
import { RegistryProblem } from './registryProblem.ts';

export interface ProxySettings {
  /** VS Code's `http.proxy`: it counts before the environment. */
  readonly proxy?: string;
  /** VS Code's `http.noProxy`. */
  readonly noProxy?: readonly string[];
  /** VS Code's `http.proxyAuthorization`: the value of `Proxy-Authorization`. Secret. */
  readonly proxyAuthorization?: string;
  /** VS Code's `http.proxyStrictSSL`: false takes any certificate of the proxy, never of a registry. */
  readonly strictProxy?: boolean;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Undefined: directly. Throws for a proxy that Berth cannot use; no password of it stands in the error. */
export function proxyFor(url: URL, settings: ProxySettings): URL | undefined {
  const { env = process.env } = settings;
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const address = settings.proxy || env[name] || env[name.toLowerCase()];
  if (!address) return undefined;
  const exceptions = [
    ...(settings.noProxy ?? []),
    ...(env.NO_PROXY || env.no_proxy || '').split(/[\s,]+/),
  ].filter(Boolean);
  if (isLoopback(hostOf(url)) || exceptions.some(exception => isExcepted(url, exception))) return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const proxy = URL.canParse(full) ? new URL(full) : undefined;
  if (proxy && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  throw new RegistryProblem(
    l10n.t('the proxy that is set for it cannot be used: it must be of the form http://host:port.'),
    'invalid',
  );
}

/** The name that is never sent anywhere else, and its addresses. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Without brackets, lower case. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function isExcepted(url: URL, exception: string): boolean {
  if (exception === '*') return true;
  const host = hostOf(url);
  const [, bracketed, rest = exception, portText] =
    /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(exception.toLowerCase()) ?? [];
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (portText !== undefined && portText !== port) return false;
  const pattern = bracketed ?? rest.toLowerCase();
  if (isIP(host) !== 0) return isInNetwork(host, pattern);
  const suffix = pattern.replace(/^\*/, '');
  if (suffix === '') return false;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function isInNetwork(host: string, pattern: string): boolean {
  const [address = '', bits] = pattern.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0) return false;
  const network = new BlockList();
  if (bits === undefined) network.addAddress(address, family);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv6' ? 128 : 32)) {
    network.addSubnet(address, Number(bits), family);
  }
  return network.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
