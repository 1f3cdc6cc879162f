/** Where a policy is read from that the setting `berth.policy` names: a file, or an address. */
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as l10n from '@vscode/l10n';
import type { NetworkOptions } from '../image/registryHttp.ts';
import { RegistryHttp } from '../image/registryHttp.ts';
import { BerthError } from '../workspace/error.ts';
import { filePlace, type PolicyPlace } from './places.ts';
import { mostPolicyBytes } from './policyText.ts';

/** One of `berth.policy`: a path, `file://` or `https://`; what it cannot be, cannot be read. */
export function placeOf(text: string, network: () => NetworkOptions): PolicyPlace {
  if (isAbsolute(text)) return filePlace(text, { isOptional: false });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  try {
    if (url?.protocol === 'file:') return filePlace(fileURLToPath(url), { isOptional: false });
  } catch (cause) {
    return brokenPlace(text, new BerthError(l10n.t('it names no file of this machine.'), { cause }));
  }
  if (!url || !/^https?:$/.test(url.protocol)) {
    return brokenPlace(text, new BerthError(l10n.t('it is neither a full path nor an address (https://).')));
  }
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    return brokenPlace(url.href, new BerthError(l10n.t('an address is no place for a password.')));
  }
  return mayBeRead(url) ? webPlace(url, network) : brokenPlace(url.href, new BerthError(plainWords(url)));
}

function brokenPlace(address: string, problem: BerthError): PolicyPlace {
  return {
    address,
    read: () => Promise.reject(problem),
  };
}

const limits = { answerMs: 8_000, totalMs: 10_000, patienceMs: 0 };

function webPlace(url: URL, network: () => NetworkOptions): PolicyPlace {
  return {
    address: url.href,
    read: async (known, signal) => {
      using http = new RegistryHttp(url.host, { ...network(), limits });
      const headers = { accept: 'application/json', ...(known?.etag && { 'if-none-match': known.etag }) };
      const request = { url, method: 'GET', maxBytes: mostPolicyBytes, headers, signal } as const;
      const answer = await http.send(request, url.origin);
      if (!mayBeRead(answer.url)) throw new BerthError(plainWords(answer.url), { code: 'invalid' });
      if (answer.status === 304 && known) return known;
      if (answer.status !== 200) {
        throw new BerthError(l10n.t('{0} answered with HTTP {1}.', url.host, answer.status));
      }
      const { etag } = answer.headers;
      return { text: answer.body.toString('utf8'), ...(etag && { etag }) };
    },
  };
}

/** Whoever is in between could change what came without TLS. */
function mayBeRead({ protocol, hostname }: URL): boolean {
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}

function plainWords({ host }: URL): string {
  return l10n.t('a policy is read only over TLS (https://), and {0} is asked without.', host);
}
