/** What the soak and its Berths say to each other over their channel. */
import * as z from 'zod';
import { Target } from '../../src/engine/target.ts';
import { TargetId, WorkspaceName } from '../../src/workspace/name.ts';

/** A place for workspaces: the names that may be used there, and what each of them is made with. */
export const Ground = z.object({
  target: Target,
  names: z.array(WorkspaceName).min(1),
  settings: z.record(z.string(), z.unknown()),
});
export type Ground = z.infer<typeof Ground>;

/** Handed to a Berth when it begins. */
export const Orders = z.object({
  who: z.string(),
  seed: z.int(),
  grounds: z.array(Ground).min(1),
  /** Operations under way at once. */
  hands: z.int().min(1),
});
export type Orders = z.infer<typeof Orders>;

export const Request = z.enum([
  /** Take no new thing in hand; answered once everything under way has come to its end. */
  'rest',
  /** What the tree shows now. */
  'tree',
  /** Memory in use, after a collection. */
  'heap',
  /** Let everything go; the process then ends by itself. */
  'end',
]);
export type Request = z.infer<typeof Request>;

/** One row of the tree. */
export const Row = z.object({ target: TargetId, name: z.string(), state: z.string(), reason: z.string() });
export type Row = z.infer<typeof Row>;

export const Report = z.object({
  /** How often what was done, and how it ended: 'stop: done', 'create: conflict'. */
  tally: z.record(z.string(), z.int()),
  /** What people were told where something failed, as far as it is told apart by more than its code. */
  failures: z.array(z.string()),
  /** What must not happen: rejections that nobody handles, errors that are none for people. */
  problems: z.array(z.string()),
});
export type Report = z.infer<typeof Report>;

export const Reply = z.discriminatedUnion('to', [
  z.object({ to: z.literal('rest') }),
  z.object({ to: z.literal('tree'), rows: z.array(Row) }),
  z.object({ to: z.literal('heap'), bytes: z.number() }),
  z.object({ to: z.literal('end'), report: Report }),
]);
export type Reply = z.infer<typeof Reply>;
