/** What a thread of the server does: it holds the models, and answers one question after the other. */
import { clock } from '../../classifier/clock.ts';
import { readModelFiles } from '../../classifier/model-files.ts';
import { createTextClassifier, type TextClassifier } from '../../classifier/text-classifier.ts';
import { FileError, invariant } from '../../core/errors.ts';
import { explain } from '../../explain/index.ts';
import { beginJob } from '../../jobs/context.ts';
import { type Judge, judgeOf } from '../../jobs/predict/confidence.ts';
import type { JobEvent } from '../../jobs/index.ts';
import type { Answers, LoadedModel, ModelSnapshot, Question, Scored, ThreadSetup } from './messages.ts';

/** Answers requests in order. */
export type Program = <Q extends Question>(question: Q) => Promise<Answers[Q['ask']]>;

interface Held {
  readonly classifier: TextClassifier;
  readonly judge: Judge;
  readonly abstains: boolean;
}

/** Makes a program without models. */
export function createProgram(setup: ThreadSetup): Program {
  const models = new Map<number, Held>();
  const held = (model: number) => {
    const found = models.get(model);
    invariant(found !== undefined, `model ${model} is loaded`);
    return found;
  };
  const answer = async (question: Question): Promise<Answers[keyof Answers]> => {
    switch (question.ask) {
      case 'load': {
        const { loaded, ...rest } = await load(question.snapshot, setup);
        models.set(question.model, rest);
        return loaded;
      }
      case 'score':
        return score(held(question.model), question.texts);
      case 'explain':
        return explain(held(question.model).classifier, question.text, {
          ...question.options,
          stop: endsAfter(question.within),
        });
      case 'unload': {
        const { classifier } = held(question.model);
        models.delete(question.model);
        await classifier.close();
        return null;
      }
      default:
        return question satisfies never;
    }
  };
  return answer as Program;
}

/** Says true once so many ms are over. */
function endsAfter(within: number): () => boolean {
  const end = clock() + within;
  return () => clock() >= end;
}

/** @throws CorruptFileError, FileError where the files are no model; DataError where the run cannot promise what is asked */
async function load(
  { path, folder, files }: ModelSnapshot,
  { engine, confidence, maxBatch }: ThreadSetup,
): Promise<Held & { readonly loaded: LoadedModel }> {
  const where = (name: string) => `${folder}/${name}`;
  const model = readModelFiles((name) => {
    const content = files.get(name);
    if (content) return content;
    throw new FileError(
      where(name),
      `[${where(name)}] the model must have this file, but it is missing. Copy the whole folder again.`,
    );
  }, where);
  const classifier = await createTextClassifier(model, where, { batchSize: maxBatch }, engine);
  const events: JobEvent[] = [];
  try {
    const judge = judgeOf(
      confidence,
      path,
      classifier,
      beginJob({ listener: (event) => events.push(event) }),
    );
    classifier.score(['']); // warm-up: the first text takes longer than later ones
    const { labelNames } = classifier;
    const abstains = confidence.precision !== undefined || confidence.abstainBelow !== undefined;
    const type = model.members ? 'ensemble' : String(model.config.model['type']);
    return { classifier, judge, abstains, loaded: { labelNames, type, events } };
  } catch (error) {
    await classifier.close();
    throw error;
  }
}

function score({ classifier, judge: { labels, setOf }, abstains }: Held, texts: readonly string[]): Scored {
  const { probabilities, tokens, known, noneOfThese } = classifier.score(texts);
  const classes = classifier.labelNames.length;
  const rows = texts.map((_, n) => probabilities.subarray(n * classes, (n + 1) * classes));
  return {
    ...{ probabilities, tokens, known, noneOfThese },
    abstains: abstains ? rows.map((row) => !labels(row)) : undefined,
    sets: setOf && rows.map(setOf),
  };
}
