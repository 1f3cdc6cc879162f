/**
 * The network of one cluster: a bridge for its pods, whose address is the node's, and the way out. The bridge is also
 * the lock on the cluster's number, from which its addresses and ports follow: one a machine, whoever makes it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { exists } from '../cache.ts';
import { run } from '../command.ts';

export interface Network {
  readonly number: number;
  readonly bridge: string;
  /** The node's address, and the pods' gateway. */
  readonly address: string;
  readonly podCidr: string;
  /** On 127.0.0.1, below those that the kernel gives out by itself. */
  readonly ports: Readonly<Record<'apiserver' | 'etcd' | 'etcdPeer' | 'registry' | 'metrics', number>>;
}

const highestNumber = 60;
const devices = '/sys/class/net';

export function networkOf(number: number): Network {
  const port = 21_000 + number * 10;
  return {
    number,
    bridge: `berth-k${number}`,
    address: `10.213.${number}.1`,
    podCidr: `10.213.${number}.0/24`,
    ports: { apiserver: port, etcd: port + 1, etcdPeer: port + 2, registry: port + 3, metrics: port + 4 },
  };
}

/** Takes the first free number for the cluster of that folder and makes its bridge. */
export async function claimNetwork(folder: string): Promise<Network> {
  for (let number = 0; number <= highestNumber; number++) {
    const network = networkOf(number);
    if (await isInUse(network)) continue;
    if (await makeBridge(network, folder)) {
      for (const rule of rulesOf(network)) await iptables('-I', rule);
      return network;
    }
  }
  throw new Error(`No network 10.213.0-${highestNumber}.0/24 is free for a cluster of the tests`);
}

export async function removeNetwork(network: Network, folder: string): Promise<void> {
  if ((await ownerOf(network.bridge)) !== folder) return;
  for (const rule of rulesOf(network)) await iptables('-D', rule, true);
  await run('ip', ['link', 'delete', network.bridge], { mayFail: true });
}

/** The clusters on this machine that have a bridge, by the folder that each belongs to. */
export async function networks(): Promise<ReadonlyMap<string, Network>> {
  const names = await readdir(devices).catch(() => []);
  const found = names.flatMap(name => /^berth-k(\d+)$/.exec(name)?.[1] ?? []).map(n => networkOf(Number(n)));
  return new Map(
    await Promise.all(found.map(async network => [await ownerOf(network.bridge), network] as const)),
  );
}

async function makeBridge({ bridge, address, number }: Network, folder: string): Promise<boolean> {
  // A MAC of its own: a bridge otherwise takes one of its ports', and changes it as pods come and go.
  const mac = `02:be:27:00:00:${number.toString(16).padStart(2, '0')}`;
  const made = await run('ip', ['link', 'add', 'name', bridge, 'address', mac, 'type', 'bridge'], {
    mayFail: true,
  });
  if (made.code !== 0) {
    if (made.stderr.includes('exists')) return false;
    throw new Error(`Cannot make a network bridge: ${made.stderr.trim()}`);
  }
  await run('ip', ['link', 'set', bridge, 'alias', folder, 'up']);
  await run('ip', ['address', 'add', `${address}/24`, 'dev', bridge]);
  return true;
}

/** Docker lets nothing through that it does not know; each rule is known again by its comment. */
function rulesOf({ bridge, podCidr }: Network): string[][] {
  const comment = ['-m', 'comment', '--comment', bridge];
  return [
    ['FORWARD', '-i', bridge, ...comment, '-j', 'ACCEPT'],
    ['FORWARD', '-o', bridge, ...comment, '-j', 'ACCEPT'],
    ['POSTROUTING', '-t', 'nat', '-s', podCidr, '!', '-d', podCidr, ...comment, '-j', 'MASQUERADE'],
  ];
}

async function iptables(action: '-I' | '-D', rule: readonly string[], mayFail = false): Promise<void> {
  await run('iptables', ['-w', '30', action, ...rule], { mayFail });
}

/** A route to it, or to a part of it, is somebody's. A wider one is not in the way: ours is nearer. */
async function isInUse({ podCidr, bridge, ports }: Network): Promise<boolean> {
  if (await exists(join(devices, bridge))) return true;
  if ((await Promise.all(Object.values(ports).map(isListenedOn))).includes(true)) return true;
  return (await run('ip', ['-4', 'route', 'show', 'root', podCidr])).stdout.trim() !== '';
}

/** The bridge's alias is the folder of its cluster. */
async function ownerOf(bridge: string): Promise<string> {
  return (await readFile(join(devices, bridge, 'ifalias'), 'utf8').catch(() => '')).trim();
}

function isListenedOn(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.on('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
