/** Programs under a clock that is not this machine's, as they run on a machine whose clock is wrong: Debian's faketime. */

/** `$LIB`: where the machine's architecture has its libraries (ld.so(8)). */
const library = '/usr/$LIB/faketime/libfaketimeMT.so.1';

/** The words that run a program with its clock set by so much, such as '-1h' or '+1d'; what it waits for takes no longer. */
export function underClock(offset: string, words: readonly string[]): [string, ...string[]] {
  // Not the program faketime, which would stand between: signals have to reach the one that is meant.
  return ['env', `FAKETIME=${offset}`, `LD_PRELOAD=${library}`, ...words];
}

/** For its environment: a monotonic clock cannot be set, and files keep the times that the machine gave them. */
export const clockEnvironment = {
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  DONT_FAKE_MONOTONIC: '1',
  NO_FAKE_STAT: '1',
};

/** By how much a clock is off in tests: behind and ahead, by an hour and by a day. */
export const offsets = ['-1h', '+1h', '-1d', '+1d'] as const;
