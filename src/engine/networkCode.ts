/** The code that Node gave a failed connection (ECONNREFUSED, CERT_HAS_EXPIRED …); '' where it has none. */
export function networkCodeOf(error: unknown): string {
  // A host with several addresses fails with one error for all of them.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return typeof first === 'object' && first !== null && 'code' in first && typeof first.code === 'string'
    ? first.code
    : '';
}
