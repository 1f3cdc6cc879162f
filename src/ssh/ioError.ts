/** What the file system answered, as a code. */

/** Whether an error carries one of these codes of errno(3), such as 'ENOENT'. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
