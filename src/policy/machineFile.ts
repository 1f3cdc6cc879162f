/** The policy of a machine. */
import { join } from 'node:path';

/** Where an administrator puts it for everybody on the machine. */
export function machinePolicyFile(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  return platform === 'win32'
    ? join(env.ProgramData ?? 'C:\\ProgramData', 'berth', 'policy.json')
    : '/etc/berth/policy.json';
}
