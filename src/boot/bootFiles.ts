/**
 * What an engine puts into a workspace beside boot.sh, and what boot leaves there: the contract between the two.
 * The folder is root's and 0755 (rootless: the Secret's mount); what is secret in it is 0600.
 */

/** Where the record is mounted inside every workspace. */
export const recordFolder = '/berth';

/** Written by Berth, read by boot. Relative to recordFolder. */
export const bootInputs = {
  boot: 'boot.sh',
  /** Shell assignments, from bootConfig(). 0600. */
  config: 'config',
  /** `NAME=value` pairs, each ended by a NUL byte: the workspace's environment, secrets included. 0600. */
  env: 'env',
  authorizedKeys: 'authorized_keys',
  hostKey: 'ssh_host_ed25519_key',
  /** The init script, as typed; absent where there is none. */
  init: 'init',
  gitKey: 'git_key',
  /** `https://<token>` credential for git, read by boot's credential helper. 0600. */
  gitToken: 'git_token',
  record: 'record.json',
} as const;

/** Written by boot, read by engines. Relative to recordFolder. */
export const bootOutputs = {
  /** There while ssh is open; cleared first thing at each boot. */
  ready: 'run/ready',
  /** `<cause> <words>`, cause as in StateCause: why the last run ended. */
  stopReason: 'run/stop-reason',
  /** One file an app: its log. */
  appLogs: 'run/apps',
} as const;
