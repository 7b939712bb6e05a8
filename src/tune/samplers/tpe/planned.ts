/**
 * The planned parameters of a running trial: its joint sample, stored as system attributes in Optuna's form, so that
 * other workers avoid that point before the objective has suggested the values.
 */
import { type ParamValue, toExternal, toInternal } from '../../space/distributions.ts';
import type { JointSpace } from '../../space/joint-space.ts';
import { parsePythonJson, pythonJson } from '../../storage/python-json.ts';
import type { Attribute, Attributes, FrozenTrial } from '../../trial/frozen-trial.ts';

const KEY = 'tpe:relative_params';
/** Longest value that Optuna's databases take. */
const CHUNK = 2045;

/** The system attributes `tpe:relative_params:0`, `:1`, … for a joint sample: one JSON text of external values, cut into pieces. */
export function plannedAttrs(params: ReadonlyMap<string, number>, space: JointSpace): Attributes {
  const external: Record<string, ParamValue> = Object.fromEntries(
    [...params].map(([name, internal]) => {
      const distribution = space.get(name);
      return [name, distribution ? toExternal(distribution, internal) : internal];
    }),
  );
  const text = pythonJson(external);
  const attrs: Record<string, string> = {};
  for (let at = 0; at < text.length; at += CHUNK) {
    attrs[`${KEY}:${at / CHUNK}`] = text.slice(at, at + CHUNK);
  }
  return attrs;
}

/**
 * The internal values of a trial for the parameters of a space, including planned ones. Plans that cannot be read,
 * because another worker is writing them, are ignored.
 */
export function knownParams(trial: FrozenTrial, space: JointSpace): ReadonlyMap<string, number> {
  const planned = readPlan(trial);
  if (!planned) return trial.internalParams;
  const known = new Map<string, number>();
  for (const [name, distribution] of space) {
    const own = trial.internalParams.get(name);
    const internal =
      own ?? (Object.hasOwn(planned, name) ? toInternal(distribution, planned[name]) : undefined);
    if (internal !== undefined) known.set(name, internal);
  }
  return known;
}

function readPlan({ systemAttrs }: FrozenTrial): Readonly<Record<string, Attribute>> | undefined {
  let text = '';
  for (let i = 0; ; i++) {
    const chunk = systemAttrs[`${KEY}:${i}`];
    if (typeof chunk !== 'string' || chunk === '') break;
    text += chunk;
  }
  if (text === '') return undefined;
  try {
    const plan = parsePythonJson(text, KEY);
    return typeof plan === 'object' && plan !== null && !Array.isArray(plan)
      ? (plan as Readonly<Record<string, Attribute>>)
      : undefined;
  } catch {
    return undefined;
  }
}
