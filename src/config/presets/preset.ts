/** A named configuration. */
import type { ConfigInput } from '../schema.ts';

/** A configuration that the command line knows by name. */
export interface Preset {
  /** The name after `-c`. */
  readonly name: string;
  /** One sentence for help texts. */
  readonly summary: string;
  readonly config: ConfigInput;
}
