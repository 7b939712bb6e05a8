/** A named configuration. */
import type { ConfigInput } from '../schema.ts';

/** A configuration with a name on the command line. */
export interface Preset {
  /** The name after `-c`. */
  readonly name: string;
  /** One sentence for help texts. */
  readonly summary: string;
  readonly config: ConfigInput;
  /** Whether missing keys follow from the data, as without a preset. Default false: they have the schema's defaults. */
  readonly fromData?: boolean;
  /** The search for `unroll tune`: ranges for some values, and the `tune` section. */
  readonly search?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
