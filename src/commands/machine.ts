/** What Berth keeps on this machine, shared with every other editor and the proxy: targets, keys, ssh config. */
import type { TargetSource } from '../engine/fleet.ts';
import { TargetStore } from '../engine/targets.ts';
import { SshHome } from '../ssh/sshHome.ts';
import { configuration } from '../vscode/configuration.ts';

export class Machine {
  readonly ssh = new SshHome({ identity: () => configuration.sshIdentity() });
  readonly targets = new TargetStore(this.ssh.folder.path);

  /** targets.json, as the fleet reads it. */
  get source(): TargetSource {
    const { targets } = this;
    return {
      read: async () => (await targets.read()).targets,
      discover: async signal => void (await targets.discover(signal)),
      onChange: listener => targets.onChange(listener),
    };
  }
}
