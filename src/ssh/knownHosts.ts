/** Berth's own known_hosts: one line a workspace, pinned before the first connect (sshd(8), 'SSH_KNOWN_HOSTS FILE FORMAT'). */
import type { Alias, TargetId } from '../workspace/name.ts';

export interface Pin {
  readonly alias: Alias;
  /** One OpenSSH public line; its comment is left out. */
  readonly hostKey: string;
}

/** The line that pins a host key to an alias. */
export function pinLine({ alias, hostKey }: Pin): string {
  return `${alias} ${hostKey.trim().split(/\s+/).slice(0, 2).join(' ')}`;
}

/** Whether exactly this key is pinned. Another key for the same alias beside it counts as not pinned. */
export function isPinned(knownHosts: string, pin: Pin): boolean {
  const ours = knownHosts.split('\n').filter(line => line.startsWith(`${pin.alias} `));
  return ours.length === 1 && ours[0]?.trimEnd() === pinLine(pin);
}

/** The text with this one pin set, whatever stood there for its alias. */
export function withPin(knownHosts: string, pin: Pin): string {
  return joined([...without(knownHosts, name => name === pin.alias), pinLine(pin)]);
}

/** The text with the pins of a target being exactly these. Lines of other targets stay. */
export function withPinsOf(knownHosts: string, target: TargetId, pins: readonly Pin[]): string {
  const kept = without(knownHosts, name => name.endsWith(`.${target}.berth`));
  const added = pins.map(pinLine).sort();
  return joined([...kept, ...added]);
}

function without(knownHosts: string, drop: (name: string) => boolean): string[] {
  return knownHosts
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '' && !drop(line.split(' ', 1)[0] ?? ''));
}

function joined(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('');
}
