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
  /** `export` lines of shell: the workspace's environment, secrets included. 0600. */
  env: 'env',
  /** What may stop it: shell assignments, from limitsFile(). Read at every look of the watchdog. */
  limits: 'limits',
  authorizedKeys: 'authorized_keys',
  hostKey: 'ssh_host_ed25519_key',
  /** The init script, as typed; empty where there is none. 0700. */
  init: 'init',
  /** Included by the system's gitconfig. */
  gitConfig: 'gitconfig',
  gitKnownHosts: 'git_known_hosts',
  /** Private half, empty where there is none. 0600; boot gives it to the login user. */
  gitKey: 'git_key',
  /** The token alone, empty where there is none; read by boot's credential helper. 0600; boot gives it to the login user. */
  gitToken: 'git_token',
  record: 'record.json',
} as const;

/** Written by boot, read by engines. Relative to recordFolder. */
export const bootOutputs = {
  /** There while ssh is open, as old as the boot; cleared first thing at each boot. */
  ready: 'run/ready',
  /** `<cause> <words>`, cause as in StateCause: why the last run ended. */
  stopReason: 'run/stop-reason',
  /**
   * `<id>.log`: an app's output; `<id>.state`: one line, `<state> <words>`, of starting, running, ready (its port or path
   * answers), exited, missing (its program is not in the image) and stopped.
   */
  apps: 'run/apps',
  /** The command for people who work inside; on the PATH of every session. */
  command: 'run/bin/berth',
  /** The output of the last run of the init script. */
  initLog: 'run/init.log',
  /** Starts and stops, see workspace/history.ts; not where the folder goes with each run (Kubernetes). */
  history: 'history',
} as const;

/** The log of an app, relative to recordFolder. */
export function appLog(id: string): string {
  return `${bootOutputs.apps}/${id}.log`;
}
