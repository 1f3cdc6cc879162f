/** What the form is told of an image, made of what the target or the registry says. Pure. */
import type { RunConfig } from '../image/imageConfig.ts';
import { knownImage, recommendationOf } from '../image/kind.ts';
import { missingLabels } from '../image/requiredLabels.ts';
import type { ImageFacts } from './messages.ts';

/** As engines and registries describe an image alike. */
export interface DescribedImage extends RunConfig {
  /** Such as 'linux/arm64/v8'. */
  readonly platform: string;
  readonly bytes: number;
}

/** `local`: whether the target has it, undefined where it cannot tell; without `image` the name alone says what it is. */
export function imageFacts(
  reference: string,
  { local, image }: { readonly local: boolean | undefined; readonly image: DescribedImage | undefined },
  requiredLabels: readonly string[],
): ImageFacts {
  const { exposedPorts, ...known } = knownImage(reference, image);
  const facts = { ...(local !== undefined && { local }), ...known, exposedPorts: [...exposedPorts] };
  if (!image) return facts;
  return {
    ...facts,
    platform: image.platform,
    user: image.user,
    bytes: image.bytes,
    entrypoint: [...image.entrypoint],
    command: [...image.command],
    missingLabels: missingLabels(image.labels, requiredLabels),
    ...recommendationOf(image.labels),
  };
}
