/** The objects that Berth writes, as the API's own types describe them: a field that the API has not is a compile error. */
import type {
  V1Container,
  V1Job,
  V1OwnerReference,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodTemplateSpec,
  V1Secret,
  V1Service,
  V1Volume,
} from '@kubernetes/client-node';

/** As it is written down: what is undefined is left out of the JSON. */
type Written<T> = T extends string | number | boolean | Date
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Written<Item>[]
    : { readonly [Field in keyof T]: Written<T[Field]> | Optional<T, Field> };

/** `undefined` for a field that may be absent. */
type Optional<T, Field extends keyof T> = object extends Pick<T, Field> ? undefined : never;

/** Anything that is sent whole. */
type Sent<Kind extends string, T> = Written<T> & {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
};

export type SecretManifest = Sent<'Secret', V1Secret>;
export type ClaimManifest = Sent<'PersistentVolumeClaim', V1PersistentVolumeClaim>;
export type ServiceManifest = Sent<'Service', V1Service>;
export type JobManifest = Sent<'Job', V1Job>;
export type PodManifest = Sent<'Pod', V1Pod>;
export type Manifest = SecretManifest | ClaimManifest | ServiceManifest | JobManifest | PodManifest;

export type PodMetadata = NonNullable<Written<V1PodTemplateSpec>['metadata']>;
export type PodSpec = NonNullable<Written<V1PodTemplateSpec>['spec']>;
/** A pod as a Job makes it. */
export interface PodTemplate {
  readonly metadata: PodMetadata;
  readonly spec: PodSpec;
}
export type PodSecurity = NonNullable<PodSpec['securityContext']>;
export type Container = Written<V1Container>;
export type Volume = Written<V1Volume>;
export type OwnerReference = Written<V1OwnerReference>;
