/** The next page of a list, from a `Link` header (RFC 8288; OCI distribution 1.1, end-8b). Pure. */

const link = /<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"[^"]*"|[^\s";,]*))?)*)/g;
const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]*))/i;

/**
 * Path and query of the next page, or undefined where this is the last. The host in the link does not count: behind a
 * proxy it is often wrong, and no list goes on at another registry.
 */
export function nextPage(header: string | undefined, current: URL): string | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(link)) {
    const [, quoted, bare] = rel.exec(parameters) ?? [];
    const relations = (quoted ?? bare ?? '').toLowerCase().split(/\s+/);
    if (!relations.includes('next')) continue;
    const url = URL.canParse(target, current.href) ? new URL(target, current) : undefined;
    // Two slashes at its beginning would make a host of what follows.
    if (url && /^https?:$/.test(url.protocol)) return url.pathname.replace(/^\/+/, '/') + url.search;
  }
  return undefined;
}
