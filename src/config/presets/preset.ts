/** A named configuration. */
import type { ConfigInput } from '../schema.ts';

/** A configuration that the command line knows by name. */
export interface Preset {
  /** The name after `-c`. */
  readonly name: string;
  /** One sentence for help texts. */
  readonly summary: string;
  readonly config: ConfigInput;
  /** What it leaves out follows from the data, as without a preset. Default false: it has the schema's defaults. */
  readonly fromData?: boolean;
  /** What `unroll tune` lays over it: ranges for some of the values, and the `tune` section. */
  readonly search?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
