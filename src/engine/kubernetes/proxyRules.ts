/** Which proxy leads to a server, as Go's programs and so kubectl decide it (golang.org/x/net/http/httpproxy). Pure. */
import { BlockList, isIP } from 'node:net';

export function proxyFor(server: string, environment: NodeJS.ProcessEnv): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const variable = protocol === 'http:' ? 'http_proxy' : 'https_proxy';
  const proxy = environment[variable.toUpperCase()] || environment[variable];
  if (!proxy) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || isLoopback(host)) return undefined;
  const exceptions = environment.NO_PROXY || environment.no_proxy || '';
  const hostPort = port === '' ? (protocol === 'http:' ? '80' : '443') : port;
  if (exceptions.split(',').some(rule => matches(rule.trim().toLowerCase(), host, hostPort)))
    return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** A rule is `*`, an address, a range (CIDR), a domain with all below it, or `.domain` for those below it only. */
function matches(rule: string, host: string, port: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  if (rule.includes('/')) return isInRange(rule, host);
  const [, name = rule, rulePort] = /^\[?(.*?)\]?:(\d+)$/.exec(isIP(rule) === 6 ? '' : rule) ?? [];
  if (rulePort !== undefined && rulePort !== port) return false;
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (domain === name && host === domain);
}

function isInRange(rule: string, host: string): boolean {
  const [address = '', bits = ''] = rule.split('/');
  const [kind, hostKind] = [isIP(address), isIP(host)];
  if (kind === 0 || kind !== hostKind || !/^\d{1,3}$/.test(bits) || Number(bits) > (kind === 4 ? 32 : 128)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(address, Number(bits), kind === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, kind === 4 ? 'ipv4' : 'ipv6');
}

function isLoopback(host: string): boolean {
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}
