/** Where an API server answers and who we are there: all that one request or one channel needs, as plain data. */

export interface Access {
  /** An http or https URL without a slash at its end; some have a path (Rancher, Teleport). */
  readonly server: string;
  /** An http, https or socks5 URL; may carry a secret. */
  readonly proxy: string | undefined;
  readonly tls: Tls;
  /** Who we are: `authorization` and the impersonation of another. Secret. */
  readonly headers: Headers;
}

/** PEM throughout. Where no CA is named, those of Node and of the machine count. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Another name than the URL's to ask for and to find in the certificate. */
  readonly serverName?: string;
  /** False only where the kubeconfig says `insecure-skip-tls-verify`. */
  readonly verify: boolean;
}

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Whether a connection made for the one serves the other: what is in headers goes with each request. */
export function isSameWay(one: Access, other: Access): boolean {
  return wayOf(one) === wayOf(other);
}

/** Whether the other would be refused just the same. */
export function isSameAccess(one: Access, other: Access): boolean {
  return isSameWay(one, other) && JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

function wayOf({ server, proxy, tls }: Access): string {
  const { ca, cert, key, serverName, verify } = tls;
  return JSON.stringify([server, proxy, ca, cert, key, serverName, verify]);
}
