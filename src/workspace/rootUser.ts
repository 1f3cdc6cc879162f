/** Whether a user, as images, settings and catalogues name one, is root. Pure. */

/** A name or number, with a group after a colon or without. '' is root, too: what an image says that names nobody. */
export function isRoot(user: string): boolean {
  return /^(?:root|0+)?(?::|$)/.test(user);
}
