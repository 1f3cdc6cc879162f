/** Variables that no environment can set for a session. */

/** Who logs in decides these: sshd and login(1) set them for every session. */
const sessionNames: ReadonlySet<string> = new Set(
  'HOME USER LOGNAME SHELL PWD OLDPWD SHLVL TERM MAIL HOSTNAME'.split(' '),
);

/** Whether each session sets the variable itself, so that a value of ours would not reach it. */
export function isSessionName(name: string): boolean {
  return sessionNames.has(name) || name.startsWith('SSH_');
}
