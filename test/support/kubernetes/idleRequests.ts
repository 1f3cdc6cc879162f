/** What an engine asks of its API server while a window shows its target and nothing happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../../src/engine/engine.ts';
import { FleetMember } from '../../../src/engine/fleetMember.ts';
import type { ApiRelay, Asked } from './apiRelay.ts';

export interface IdleOptions {
  /** Until the first lists are there. */
  readonly settleMs?: number;
  readonly forMs?: number;
}

export interface Idle {
  readonly asked: readonly Asked[];
  readonly perMinute: number;
}

/** `open`: an engine that reaches its server through the relay; it is ended here. */
export async function idleRequests(
  relay: ApiRelay,
  open: () => Promise<Engine>,
  { settleMs = 20_000, forMs = 60_000 }: IdleOptions = {},
): Promise<Idle> {
  const engine = await open();
  using member = new FleetMember(
    engine.target,
    async () => engine,
    () => {},
  );
  member.setWatched(true);
  await sleep(settleMs);
  const before = relay.asked.length;
  await sleep(forMs);
  const asked = relay.asked.slice(before);
  if (member.snapshot().health !== 'up')
    throw new Error('the target is not up', { cause: member.snapshot().problem });
  return { asked, perMinute: (asked.length * 60_000) / forMs };
}
