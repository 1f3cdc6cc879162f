/** What the API server says of the objects of a workspace, checked at this border and cut down to what decides. */
import * as z from 'zod';
import { containerName } from './names.ts';
import { quantity } from './quantity.ts';

const Strings = z
  .record(z.string(), z.string())
  .nullish()
  .transform(value => value ?? {});
const Meta = z.object({
  name: z.string(),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  labels: Strings,
  annotations: Strings,
});

export interface ObjectReport {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly isDeleting: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function objectReport(meta: z.infer<typeof Meta>): ObjectReport {
  return {
    name: meta.name,
    uid: meta.uid,
    resourceVersion: meta.resourceVersion,
    createdAt: meta.creationTimestamp ?? '',
    isDeleting: Boolean(meta.deletionTimestamp),
    labels: meta.labels,
    annotations: meta.annotations,
  };
}

/** Any object, of which only the metadata counts (also PartialObjectMetadata). */
export const PlainObject = z.object({ metadata: Meta }).transform(({ metadata }) => objectReport(metadata));

/** A Secret with its content, base64 as it comes. */
export const SecretObject = z
  .object({ metadata: Meta, data: Strings })
  .transform(({ metadata, data }) => ({ ...objectReport(metadata), data }));
export type SecretObject = z.infer<typeof SecretObject>;

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  lastTransitionTime: z.string().nullish(),
});
const Conditions = z
  .array(Condition)
  .nullish()
  .transform(value => value ?? []);

/** Quantity of storage or memory in bytes; 0 where it is none. */
export function bytesOf(quantity: string | number | undefined): number {
  return Math.round(numberOf(quantity));
}

/** Quantity of processors in cores, such as '500m'; 0 where it is none. */
export function coresOf(quantity: string | number | undefined): number {
  return numberOf(quantity);
}

function numberOf(text: string | number | undefined): number {
  const value = quantity(String(text ?? ''));
  return Number.isFinite(value) && value > 0 ? value : 0;
}

const Quantities = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .nullish()
  .transform(value => value ?? {});

export const Service = z
  .object({
    metadata: Meta,
    spec: z.object({ ports: z.array(z.object({ nodePort: z.number().nullish() })).nullish() }).nullish(),
    status: z
      .object({
        loadBalancer: z
          .object({
            ingress: z
              .array(z.object({ ip: z.string().nullish(), hostname: z.string().nullish() }))
              .nullish(),
          })
          .nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }) => ({
    ...objectReport(metadata),
    /** Where nodes publish ssh. */
    nodePort: spec?.ports?.[0]?.nodePort ?? undefined,
    /** Addresses of its load balancer. */
    balancers: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []),
  }));
export type ServiceReport = z.infer<typeof Service>;

export const Claim = z
  .object({
    metadata: Meta,
    spec: z.object({
      storageClassName: z.string().nullish(),
      resources: z.object({ requests: Quantities }).nullish(),
      dataSource: z.object({ name: z.string() }).nullish(),
    }),
    status: z.object({ phase: z.string().nullish(), capacity: Quantities, conditions: Conditions }).nullish(),
  })
  .transform(({ metadata, spec, status }) => ({
    ...objectReport(metadata),
    storageClass: spec.storageClassName ?? undefined,
    phase: status?.phase ?? '',
    requestedBytes: bytesOf(spec.resources?.requests.storage),
    capacityBytes: bytesOf(status?.capacity.storage),
    isResizing: (status?.conditions ?? []).some(
      ({ type, status }) => status === 'True' && /Resiz/.test(type),
    ),
  }));
export type ClaimReport = z.infer<typeof Claim>;

export const Job = z
  .object({
    metadata: Meta,
    spec: z
      .object({
        suspend: z.boolean().nullish(),
        parallelism: z.number().nullish(),
        activeDeadlineSeconds: z.number().nullish(),
      })
      .nullish(),
    status: z
      .object({
        active: z.number().nullish(),
        startTime: z.string().nullish(),
        completionTime: z.string().nullish(),
        conditions: Conditions,
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }) => {
    const isTrue = (wanted: string) =>
      status?.conditions.find(({ type, status }) => type === wanted && status === 'True');
    // 'FailureTarget': it is about to fail, its pods are being ended.
    const failed = isTrue('Failed') ?? isTrue('FailureTarget');
    const complete = isTrue('Complete') ?? isTrue('SuccessCriteriaMet');
    return {
      ...objectReport(metadata),
      /** By hand: its controller makes no pod. */
      isSuspended: spec?.suspend === true || spec?.parallelism === 0,
      startedAt: status?.startTime ?? undefined,
      /** Seconds after its start at which its controller ends it. */
      deadlineSeconds: spec?.activeDeadlineSeconds ?? undefined,
      /** Its controller has looked at it, and there is no pod of it now. */
      isIdle: Boolean(status?.startTime) && !status?.active,
      /** undefined: it goes on. */
      end: failed
        ? {
            is: 'failed' as const,
            reason: failed.reason ?? '',
            message: failed.message ?? '',
            at: failed.lastTransitionTime ?? '',
          }
        : complete
          ? { is: 'complete' as const, reason: '', message: '', at: complete.lastTransitionTime ?? '' }
          : undefined,
    };
  });
export type JobReport = z.infer<typeof Job>;

const ContainerState = z.object({
  waiting: z.object({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
  running: z.object({ startedAt: z.string().nullish() }).nullish(),
  terminated: z
    .object({
      exitCode: z.number().default(0),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      startedAt: z.string().nullish(),
      finishedAt: z.string().nullish(),
    })
    .nullish(),
});
const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  started: z.boolean().nullish(),
  imageID: z.string().default(''),
  state: ContainerState.nullish(),
});
const Statuses = z
  .array(ContainerStatus)
  .nullish()
  .transform(value => value ?? []);

/**
 * The node's controller takes Ready away where the kubelet is silent, and leaves what that last said of the containers.
 * (Readiness gates of others look the same: such pods are not told by it. Nor are those that were not ready before, where
 * a container has ended that a pod patch has added: of them the cluster says nothing until it gives them up.)
 */
function isUnheardOf(conditions: z.infer<typeof Conditions>, hasGates: boolean): boolean {
  const is = (type: string, status: string) =>
    conditions.some(condition => condition.type === type && condition.status === status);
  return !hasGates && is('Ready', 'False') && is('ContainersReady', 'True');
}

export const Pod = z
  .object({
    metadata: Meta,
    spec: z
      .object({ nodeName: z.string().nullish(), readinessGates: z.array(z.unknown()).nullish() })
      .nullish(),
    status: z
      .object({
        phase: z.string().nullish(),
        reason: z.string().nullish(),
        message: z.string().nullish(),
        podIP: z.string().nullish(),
        hostIP: z.string().nullish(),
        startTime: z.string().nullish(),
        conditions: Conditions,
        containerStatuses: Statuses,
        initContainerStatuses: Statuses,
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }) => {
    // Others may stand beside it, by a pod patch or an admission webhook.
    const main = status?.containerStatuses.find(({ name }) => name === containerName);
    const terminated = main?.state?.terminated;
    const conditions = status?.conditions ?? [];
    const waitings = [...(status?.initContainerStatuses ?? []), ...(main ? [main] : [])];
    const waiting = waitings.flatMap(({ state }) => state?.waiting ?? [])[0];
    const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    return {
      ...objectReport(metadata),
      node: spec?.nodeName ?? undefined,
      ip: status?.podIP ?? undefined,
      nodeIp: status?.hostIP ?? undefined,
      phase: status?.phase ?? 'Pending',
      /** Such as 'Evicted'. */
      reason: status?.reason ?? '',
      message: status?.message ?? '',
      /** Why it has no node. */
      unscheduled: unscheduled && { reason: unscheduled.reason ?? '', message: unscheduled.message ?? '' },
      /** What the first container that is not up waits for. */
      waiting: waiting && { reason: waiting.reason ?? '', message: waiting.message ?? '' },
      isRunning: Boolean(main?.state?.running),
      startedAt: main?.state?.running?.startedAt ?? terminated?.startedAt ?? undefined,
      /** ssh is open: the startup probe has succeeded. */
      isStarted: main?.started === true,
      /** Its kubelet has not been heard of for a while. */
      isLost:
        status?.reason === 'NodeLost' || isUnheardOf(conditions, (spec?.readinessGates ?? []).length > 0),
      disruption:
        conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True')?.reason ??
        undefined,
      imageId: main?.imageID ?? '',
      end: terminated && {
        exitCode: terminated.exitCode,
        reason: terminated.reason ?? '',
        message: terminated.message ?? '',
        at: terminated.finishedAt ?? '',
      },
    };
  });
export type PodReport = z.infer<typeof Pod>;

export const Event = z
  .object({
    metadata: z.object({ name: z.string() }),
    involvedObject: z.object({ kind: z.string().default(''), name: z.string().default('') }),
    type: z.string().default('Normal'),
    reason: z.string().nullish(),
    message: z.string().nullish(),
    lastTimestamp: z.string().nullish(),
    eventTime: z.string().nullish(),
    firstTimestamp: z.string().nullish(),
  })
  .transform(event => ({
    kind: event.involvedObject.kind,
    of: event.involvedObject.name,
    isWarning: event.type === 'Warning',
    reason: event.reason ?? '',
    message: event.message ?? '',
    at: event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? '',
  }));
export type EventReport = z.infer<typeof Event>;
