/** Addresses of git repositories. Pure. */

/** A user before the host is whoever typed it, and many a token stands there. */
export function withoutLogin(address: string): string {
  return address.replace(/^(https?:\/\/)[^/@]*@/, '$1');
}
