/**
 * Optuna's journal: a log of operations, one JSON object a line. Replaying it gives the studies. Ids are not written:
 * they count the create operations. An invalid operation, such as a change to a finished trial, is skipped.
 */
import * as z from 'zod';
import { CorruptFileError } from '../../../core/errors.ts';
import { distributionFromJson } from '../../space/distribution-json.ts';
import { checkCompatible, type Distribution } from '../../space/distributions.ts';
import { type Attribute, type Attributes, isFinished, type TrialState } from '../../trial/frozen-trial.ts';
import type { StudyRecord, TrialTemplate } from '../contract.ts';
import { parsePythonJson } from '../python-json.ts';

/** Codes of the operations. */
export const OP = {
  createStudy: 0,
  deleteStudy: 1,
  studyUserAttr: 2,
  studySystemAttr: 3,
  createTrial: 4,
  trialParam: 5,
  trialState: 6,
  intermediateValue: 7,
  trialUserAttr: 8,
  trialSystemAttr: 9,
  discardTrials: 10,
} as const;

/** States by their code. */
export const STATE_CODES: readonly TrialState[] = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'];

/** What a journal holds of one study. */
export interface JournalStudy extends Omit<StudyRecord, 'id'> {
  /** The study's id within the journal. */
  readonly id: number;
  readonly trials: readonly Required<TrialTemplate>[];
}

/** A replayed journal. */
export interface Journal {
  /** Studies that were not deleted, by id. */
  readonly studies: readonly JournalStudy[];
  /** How many studies were created, including deleted ones: the next id. */
  readonly madeStudies: number;
  /** How many trials were made. */
  readonly madeTrials: number;
  /** Bytes up to the end of the last whole line. */
  readonly size: number;
  /** Whether an incomplete line follows: its writer was killed. */
  readonly torn: boolean;
}

interface Trial extends Required<TrialTemplate> {
  state: TrialState;
  values: readonly number[] | null;
  datetimeStart: Date | null;
  datetimeComplete: Date | null;
  readonly internalParams: Map<string, number>;
  readonly distributions: Map<string, Distribution>;
  readonly intermediateValues: Map<number, number>;
  userAttrs: Attributes;
  systemAttrs: Attributes;
  readonly studyId: number;
}

interface Study extends JournalStudy {
  userAttrs: Attributes;
  systemAttrs: Attributes;
  readonly trials: Trial[];
}

const id = z.int().nonnegative();
const float = z.union([z.number(), z.nan(), z.literal(Infinity), z.literal(-Infinity)]);
const date = z.string().transform((text, context) => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) context.addIssue({ code: 'custom', message: 'no datetime' });
  return time;
});
const attributes = z.record(z.string(), z.custom<Attribute>());
const state = z
  .int()
  .min(0)
  .max(4)
  .transform((code) => STATE_CODES[code]);

/** The fields of each operation. */
const FIELDS = {
  createStudy: z.object({
    study_name: z.string(),
    directions: z.array(z.union([z.literal(1), z.literal(2)])),
  }),
  deleteStudy: z.object({ study_id: id }),
  studyAttr: z.object({ study_id: id, user_attr: attributes.optional(), system_attr: attributes.optional() }),
  createTrial: z.object({
    study_id: id,
    datetime_start: date.nullish(),
    datetime_complete: date.nullish(),
    state: state.default('RUNNING'),
    value: float.nullish(),
    values: z.array(float).nullish(),
    params: z.record(z.string(), float).default({}),
    distributions: z.record(z.string(), z.string()).default({}),
    user_attrs: attributes.default({}),
    system_attrs: attributes.default({}),
    intermediate_values: z.record(z.string(), float).default({}),
  }),
  trialParam: z.object({
    trial_id: id,
    param_name: z.string(),
    param_value_internal: float,
    distribution: z.string(),
  }),
  trialState: z.object({
    trial_id: id,
    state,
    values: z.array(float).nullish(),
    datetime_start: date.nullish(),
    datetime_complete: date.nullish(),
  }),
  intermediateValue: z.object({ trial_id: id, step: z.int(), intermediate_value: float }),
  trialAttr: z.object({ trial_id: id, user_attr: attributes.optional(), system_attr: attributes.optional() }),
};
const operation = z.object({ op_code: z.int() });

/**
 * Replays a journal.
 * @param bytes The file. Anything after the last line end is ignored.
 * @param source Its name, for messages.
 * @throws CorruptFileError where a whole line is no operation
 */
export function replayJournal(bytes: Uint8Array, source: string): Journal {
  const size = bytes.lastIndexOf(10) + 1;
  const text = new TextDecoder().decode(bytes.subarray(0, size));
  const replay = new Replay(source);
  const lines = text.split('\n');
  lines.pop();
  lines.forEach((line, i) => replay.apply(line, i + 1));
  return { ...replay.result(), size, torn: size < bytes.length };
}

class Replay {
  readonly #source: string;
  readonly #studies = new Map<number, Study>();
  readonly #trials: Trial[] = [];
  #madeStudies = 0;
  #line = 0;

  constructor(source: string) {
    this.#source = source;
  }

  result() {
    return {
      studies: [...this.#studies.values()],
      madeStudies: this.#madeStudies,
      madeTrials: this.#trials.length,
    };
  }

  apply(line: string, number: number): void {
    this.#line = number;
    const log = parsePythonJson(line.replace(/\r$/, ''), this.#where());
    const { op_code } = this.#parse(operation, log);
    switch (op_code) {
      case OP.createStudy:
        return this.#createStudy(this.#parse(FIELDS.createStudy, log));
      case OP.deleteStudy:
        this.#studies.delete(this.#parse(FIELDS.deleteStudy, log).study_id);
        return;
      case OP.studyUserAttr:
      case OP.studySystemAttr: {
        const { study_id, user_attr = {}, system_attr = {} } = this.#parse(FIELDS.studyAttr, log);
        const study = this.#studies.get(study_id);
        if (study) this.#setAttrs(study, user_attr, system_attr);
        return;
      }
      case OP.createTrial:
        return this.#createTrial(this.#parse(FIELDS.createTrial, log));
      case OP.trialParam:
        return this.#setParam(this.#parse(FIELDS.trialParam, log));
      case OP.trialState:
        return this.#setState(this.#parse(FIELDS.trialState, log));
      case OP.intermediateValue: {
        const { trial_id, step, intermediate_value } = this.#parse(FIELDS.intermediateValue, log);
        this.#changeable(trial_id)?.intermediateValues.set(step, intermediate_value);
        return;
      }
      case OP.trialUserAttr:
      case OP.trialSystemAttr: {
        const { trial_id, user_attr = {}, system_attr = {} } = this.#parse(FIELDS.trialAttr, log);
        const trial = this.#changeable(trial_id);
        if (trial) this.#setAttrs(trial, user_attr, system_attr);
        return;
      }
      case OP.discardTrials:
        // Optuna refuses it, too
        return;
      default:
        throw this.#refuse(`operation ${op_code}`);
    }
  }

  #createStudy({ study_name: name, directions }: z.infer<typeof FIELDS.createStudy>): void {
    for (const study of this.#studies.values()) if (study.name === name) return;
    const id = this.#madeStudies++;
    this.#studies.set(id, {
      id,
      name,
      directions: directions.map((code) => (code === 1 ? 'minimize' : 'maximize')),
      userAttrs: {},
      systemAttrs: {},
      trials: [],
    });
  }

  #createTrial(log: z.infer<typeof FIELDS.createTrial>): void {
    const study = this.#studies.get(log.study_id);
    if (!study) return;
    const distributions = new Map(
      Object.entries(log.distributions).map(([name, json]) => [name, this.#distribution(json)]),
    );
    const trial: Trial = {
      studyId: log.study_id,
      state: log.state,
      values: log.values ?? (log.value == null ? null : [log.value]),
      internalParams: new Map(Object.entries(log.params)),
      distributions,
      intermediateValues: new Map(
        Object.entries(log.intermediate_values).map(([step, value]) => [Number(step), value]),
      ),
      userAttrs: log.user_attrs,
      systemAttrs: log.system_attrs,
      datetimeStart: log.datetime_start ?? null,
      datetimeComplete: log.datetime_complete ?? null,
    };
    this.#trials.push(trial);
    study.trials.push(trial);
  }

  #setParam(log: z.infer<typeof FIELDS.trialParam>): void {
    const trial = this.#changeable(log.trial_id);
    if (!trial) return;
    const distribution = this.#distribution(log.distribution);
    const before = this.#studies
      .get(trial.studyId)
      ?.trials.find((other) => other.distributions.has(log.param_name))
      ?.distributions.get(log.param_name);
    try {
      if (before) checkCompatible(log.param_name, before, distribution);
    } catch {
      return; // its writer got an error
    }
    trial.internalParams.set(log.param_name, log.param_value_internal);
    trial.distributions.set(log.param_name, distribution);
  }

  #setState(log: z.infer<typeof FIELDS.trialState>): void {
    const trial = this.#changeable(log.trial_id);
    // the first claim counts
    if (!trial || (log.state === 'RUNNING' && trial.state === 'RUNNING')) return;
    trial.state = log.state;
    if (log.state === 'RUNNING') trial.datetimeStart = log.datetime_start ?? null;
    if (isFinished(log.state)) trial.datetimeComplete = log.datetime_complete ?? null;
    if (log.values) trial.values = log.values;
  }

  #setAttrs(owner: { userAttrs: Attributes; systemAttrs: Attributes }, user: Attributes, system: Attributes) {
    owner.userAttrs = { ...owner.userAttrs, ...user };
    owner.systemAttrs = { ...owner.systemAttrs, ...system };
  }

  #changeable(trialId: number): Trial | undefined {
    const trial = this.#trials.at(trialId);
    return trial && !isFinished(trial.state) ? trial : undefined;
  }

  #distribution(json: string): Distribution {
    return distributionFromJson(parsePythonJson(json, this.#where()), this.#where());
  }

  #parse<T>(schema: z.ZodType<T>, log: Attribute): T {
    const parsed = schema.safeParse(log);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw this.#refuse(`${issue.path.join('.') || 'a line'}: ${issue.message}`);
  }

  #where(): string {
    return `${this.#source} line ${this.#line}`;
  }

  #refuse(got: string): CorruptFileError {
    return new CorruptFileError(
      this.#source,
      `[${this.#where()}] must hold an operation of Optuna's journal, but got ${got}. Was the file written by something else?`,
    );
  }
}
