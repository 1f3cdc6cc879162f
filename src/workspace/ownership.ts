/** Whose a workspace is: a courtesy between people, by what stands in the labels. */

/** Whether somebody else made it; not where nobody knows who. */
export function isAnothers({ createdBy }: { readonly createdBy: string }, me: string | undefined): boolean {
  return me !== undefined && createdBy !== '' && createdBy !== me;
}
