/** Refuses what a target cannot take, before anything is made, by the rule that the form goes by too. Pure. */
import * as l10n from '@vscode/l10n';
import { runsOn, shortagesOf } from '../workspace/capacity.ts';
import { BerthError } from '../workspace/error.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';
import type { EngineFacts, ImageDetails } from './engine.ts';

/** Why not, with what to do, or undefined. What the engine cannot tell is not held against it. */
export function capacityProblem(settings: WorkspaceSettings, facts: EngineFacts): BerthError | undefined {
  const [shortage] = shortagesOf(settings, facts);
  return shortage && new BerthError(shortage.message, { code: shortage.code });
}

/** Why the target cannot run the image, or undefined. */
export function platformProblem(image: ImageDetails, facts: EngineFacts): BerthError | undefined {
  if (runsOn(image.platform, facts.platforms)) return undefined;
  return new BerthError(
    l10n.t(
      'The image {0} is made for {1}, the target runs {2}. Choose another image or target.',
      image.reference,
      image.platform,
      facts.platforms.join(', '),
    ),
    { code: 'unsupported' },
  );
}
