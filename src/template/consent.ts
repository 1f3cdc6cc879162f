/** Whether a template takes the person's word before the form is filled in by it. Pure. */
import type { TemplateSource } from './found.ts';

/** `reach`: only where it would run, open, mount or let in something. */
export type Consent = 'none' | 'reach' | 'always';

export interface Asking {
  /** Whether the person trusts the folders that are open. */
  readonly isFolderTrusted: boolean;
  /** A link names it, and not the person. */
  readonly isByLink: boolean;
  /** Values of another's stand over it. */
  readonly isChanged: boolean;
}

/** The person's own are theirs, and so is a folder that they trust, as long as it is they who chose. */
export function consentFor(
  source: TemplateSource,
  { isFolderTrusted, isByLink, isChanged }: Asking,
): Consent {
  switch (source.kind) {
    case 'own':
      return isByLink && isChanged ? 'reach' : 'none';
    case 'folder':
      if (!isFolderTrusted) return 'always';
      return isByLink ? 'reach' : 'none';
    case 'catalogue':
    case 'link':
      return 'reach';
  }
}
