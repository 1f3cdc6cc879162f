/** What an API server says when it refuses: a `Status` of meta/v1, or whatever stands before the server instead of it. */
import * as z from 'zod';

const Status = z.object({
  /** Left out on the status channel of a program that was run. */
  kind: z.literal('Status').optional(),
  status: z.enum(['Success', 'Failure']),
  message: z.string().nullish(),
  reason: z.string().nullish(),
  code: z.number().nullish(),
  details: z
    .object({
      name: z.string().nullish(),
      kind: z.string().nullish(),
      group: z.string().nullish(),
      retryAfterSeconds: z.number().nullish(),
      causes: z
        .array(
          z.object({
            reason: z.string().nullish(),
            message: z.string().nullish(),
            field: z.string().nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export type Status = z.infer<typeof Status>;
export type StatusDetails = NonNullable<Status['details']>;

/** The server's refusal; its message is the server's own words. */
export class KubeStatusError extends Error {
  override readonly name = 'KubeStatusError';
  /** HTTP's number, or the one in the Status. */
  readonly code: number;
  /** Such as 'AlreadyExists', 'NotFound', 'Forbidden', 'Conflict', 'Invalid', 'Expired'; '' where none was given. */
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** True for a refusal with that reason, or with any. */
export function isKubeStatus(error: unknown, reason?: string): error is KubeStatusError {
  return (
    error instanceof Error &&
    error.name === 'KubeStatusError' &&
    (reason === undefined || (error as KubeStatusError).reason === reason)
  );
}

/** Pure. Proxies and load balancers answer with pages of their own: their first words then are the message. */
export function statusError(code: number, body: string): KubeStatusError {
  const status = parseStatus(body);
  if (status) return errorOfStatus(status, code);
  const words = body
    .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  return new KubeStatusError(
    code,
    reasons[code] ?? '',
    words === '' ? `HTTP ${code}` : `HTTP ${code}: ${words}`,
  );
}

export function errorOfStatus({ code, reason, message, details }: Status, httpCode: number): KubeStatusError {
  const number = code ?? httpCode;
  return new KubeStatusError(
    number,
    reason || (reasons[number] ?? ''),
    message || reason || `HTTP ${number}`,
    details ?? undefined,
  );
}

/** Undefined for what is not a Status. */
export function parseStatus(text: string): Status | undefined {
  try {
    return Status.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** As the server itself would name them (k8s.io/apimachinery, pkg/api/errors). */
const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
