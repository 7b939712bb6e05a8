/**
 * The training loop. It runs anywhere: files, clocks and signals come in from outside.
 *
 * Same seed, data and options give the same weights, bit for bit, whatever the threads, the kernels, or an
 * interruption and a resumption in between.
 */
import { NonFiniteError } from '../core/errors.ts';
import { countCorrect } from '../evaluate/confusion.ts';
import type { BatchResult, Tensor, TrainingStep } from '../models/trainable.ts';
import { monitoredMetric, monitorMode, schedules } from '../nn/schedules/index.ts';
import { checkpointTensors, firstState, restoreCheckpoint, type TrainingState } from './checkpoint.ts';
import { type Averaging, createAveraging } from './averaging.ts';
import { createEarlyStopping } from './early-stopping.ts';
import { createEpochDocuments, type EpochDocuments } from './epoch-documents.ts';
import { type EpochMetrics, measure, reportedMetrics, savedMetrics } from './epoch-metrics.ts';
import type { StopReason } from './events.ts';
import { type OpenStep, OpenSteps } from './open-steps.ts';
import { scheduleMonitor } from './options.ts';
import { type EpochPlan, type PhasePlan, planPhases } from './phases.ts';
import type { TrainingResult, TrainingRun } from './training-run.ts';

/** Trains a session's classifier and leaves the best parameters in it. */
export async function trainClassifier(run: TrainingRun): Promise<TrainingResult> {
  return new Loop(run).run();
}

/** The state of one run; methods in the order in which they are used. */
class Loop {
  readonly #run: TrainingRun;
  readonly #batches: number;
  readonly #schedule: ReturnType<typeof schedules.create>;
  readonly #stopping: ReturnType<typeof createEarlyStopping>;
  readonly #averaging: Averaging;
  readonly #phases: PhasePlan;
  readonly #documents: EpochDocuments;
  #state: TrainingState;
  #best: Record<string, Tensor> | undefined;
  #savedAt: number;
  /** Step of the last checkpoint; 0 without one. */
  #savedStep = 0;
  #clock: number;
  #pausedAt: number;
  /** The epoch whose phase was told last; -1: none. */
  #told = -1;
  readonly #open: OpenSteps;

  constructor(run: TrainingRun) {
    const { options, train, now } = run;
    this.#run = run;
    this.#open = new OpenSteps(now, (...step) => this.#account(...step));
    this.#documents = run.documents ?? createEpochDocuments(run);
    this.#batches = this.#documents.batchesPerEpoch;
    const totalSteps = options.epochs * this.#batches;
    this.#phases = planPhases(options, {
      groups: run.session.groups,
      pretrained: run.pretrained,
      maxLength: run.reading?.max_length,
    });
    this.#averaging = createAveraging(run.session, options, totalSteps);
    this.#schedule = schedules.create(options.schedule, {
      lr: options.lr,
      totalSteps,
      stepsPerEpoch: this.#batches,
      // without a validation part the schedule sees the training loss
      mode: run.val.sequences.length > 0 ? monitorMode(scheduleMonitor(options)) : 'min',
    });
    this.#stopping = createEarlyStopping({
      monitor: options.monitor,
      patience: options.patience,
      minDelta: options.min_delta,
    });
    this.#state = firstState({
      lr: options.lr,
      documents: train.sequences.length,
      batches: this.#batches,
      early_stopping: this.#stopping.state(),
    });
    this.#clock = this.#savedAt = this.#pausedAt = now();
  }

  async run(): Promise<TrainingResult> {
    const { session, options, store, resume, until } = this.#run;
    const saved = resume ? store?.load('last') : undefined;
    if (saved) this.#restore(saved);
    else session.initialise(options.seed, this.#run.pretrained);
    // a warm-up has checkpoints of its own: one that was interrupted is called again
    let reason: StopReason = saved || (await this.#warmUp()) ? 'epochs' : 'interrupted';
    while (reason === 'epochs' && this.#state.epoch < (until ?? options.epochs)) {
      const exhausted = this.#stopping.exhausted && this.#state.epoch >= this.#phases.settled;
      const stop = exhausted ? 'early-stopping' : await this.#epoch();
      if (stop) reason = stop;
    }
    if (reason !== 'interrupted') {
      if (this.#best) session.load(this.#best);
      else await this.#averaging.keep(this.#state.step);
    }
    this.#tick();
    const { bestEpoch } = this.#stopping;
    const { batch, epoch, step, seconds, best: val, lr_reductions: lrReductions, step_seconds } = this.#state;
    void this.#run.listener?.({ type: 'stop', reason, epoch, bestEpoch });
    const epochs = epoch + (batch > 0 ? 1 : 0);
    return { reason, epochs, bestEpoch, steps: step, lrReductions, seconds, stepSeconds: step_seconds, val };
  }

  /** Takes the parameters of a warm-up; false where it was interrupted. */
  async #warmUp(): Promise<boolean> {
    const { session, warmUp } = this.#run;
    if (!warmUp) return true;
    const warmed = await warmUp();
    if (warmed) session.load({ ...(await session.tensors()), ...warmed });
    return warmed !== undefined;
  }

  #restore(saved: { tensors: Readonly<Record<string, Tensor>>; state: unknown }): void {
    const { session } = this.#run;
    const { state, best } = restoreCheckpoint(session, saved, this.#state);
    this.#run.margins?.restore(saved.tensors);
    this.#state = state;
    this.#savedStep = state.step;
    this.#best = best;
    this.#schedule.restore(state.schedule);
    this.#stopping.restore(state.early_stopping);
  }

  /** Works on the rest of an epoch; a reason when training shall end. */
  async #epoch(): Promise<StopReason | undefined> {
    const { session, interrupted } = this.#run;
    const { epoch } = this.#state;
    const plan = this.#phases.at(epoch);
    this.#tellPhase(plan);
    const started = this.#run.now();
    const batches = this.#documents.batches(epoch, plan.maxLength);
    let { step } = this.#state;
    for (let b = this.#state.batch; b < batches.length; b++, step++) {
      const lr = this.#schedule.lr() * plan.lrFactor;
      const { labels, sequences, targets, rows } = batches[b];
      const before = this.#run.now();
      const result = session.step(sequences, labels, {
        ...{ step, lr, averageRate: this.#averaging.rate(step), targets },
        ...this.#learning(plan, epoch, b),
      });
      if (!(result instanceof Promise)) this.#requireFinite(result, step, lr);
      this.#open.add({ result, labels, rows, batch: b, step, lr, batches: batches.length, before });
      this.#schedule.afterStep();
      await this.#open.settle(session.ahead);
      if (b + 1 < batches.length) await this.#saveWhenDue();
      await this.#breathe();
      if (interrupted?.()) {
        await this.#save();
        return 'interrupted';
      }
    }
    await this.#open.settle();
    return this.#endEpoch(started);
  }

  /** Counts a finished step, and reports it. */
  #account(
    { labels, rows, batch, batches, step, lr }: OpenStep,
    result: Readonly<BatchResult>,
    took: number,
  ): void {
    const { session, options, listener, margins } = this.#run;
    this.#requireFinite(result, step, lr);
    margins?.add(rows, labels, session.probabilities());
    const s = this.#state;
    this.#state = {
      ...s,
      batch: batch + 1,
      step: step + 1,
      loss_sum: s.loss_sum + result.loss * result.weight,
      weight_sum: s.weight_sum + result.weight,
      correct: s.correct + (result.correct ?? countCorrect(session.probabilities(), labels)),
      seen: s.seen + labels.length,
      lr,
      step_seconds: s.step_seconds + took,
    };
    void listener?.({
      type: 'step',
      epoch: s.epoch + 1,
      epochs: options.epochs,
      batch: batch + 1,
      batches,
      step: step + 1,
      lr,
      ...this.#means(),
    });
  }

  #requireFinite({ loss }: Readonly<BatchResult>, step: number, lr: number): void {
    if (!Number.isFinite(loss)) this.#notFinite(step + 1, lr);
  }

  #tellPhase({ phase, name }: EpochPlan): void {
    const { epoch } = this.#state;
    if (name === '' || epoch === this.#told) return;
    const begins = this.#told < 0 || epoch === 0 || this.#phases.changes(epoch);
    this.#told = epoch;
    if (begins) void this.#run.listener?.({ type: 'phase', phase, epoch: epoch + 1, name });
  }

  /** The loss of a step, and the update counts of the parameter groups. */
  #learning(
    { rates, vectors, loss }: EpochPlan,
    epoch: number,
    batch: number,
  ): Pick<TrainingStep, 'groups' | 'pretrainedRate' | 'pretrainedUpdates' | 'loss'> {
    const updates = (of: number | 'vectors') => this.#phases.epochsLearned(of, epoch) * this.#batches + batch;
    const { groups } = this.#run.session;
    return {
      loss,
      pretrainedRate: vectors,
      pretrainedUpdates: updates('vectors'),
      ...(groups && { groups: groups.map((_, g) => ({ rate: rates?.[g] ?? 1, updates: updates(g) })) }),
    };
  }

  async #endEpoch(started: number): Promise<StopReason | undefined> {
    const { options, listener } = this.#run;
    const { epoch, step, lr } = this.#state;
    const { phase, name } = this.#phases.at(epoch);
    const { loss: train_loss, accuracy: train_accuracy } = this.#means();
    const { metrics, improved, stop } = await this.#averaging.during(step, () => this.#measure(epoch + 1));
    const shown = metrics?.[monitoredMetric(scheduleMonitor(options))?.type ?? 'loss'];
    const reduced = this.#schedule.afterEpoch(shown ?? train_loss);
    this.#state = {
      ...this.#state,
      epoch: epoch + 1,
      batch: 0,
      loss_sum: 0,
      weight_sum: 0,
      correct: 0,
      seen: 0,
      lr_reductions: this.#state.lr_reductions + (reduced ? 1 : 0),
      best: improved ? savedMetrics(metrics) : this.#state.best,
    };
    const go = await listener?.({
      type: 'epoch',
      epoch: epoch + 1,
      step,
      lr,
      train_loss,
      train_accuracy,
      val_loss: metrics?.loss ?? NaN,
      ...reportedMetrics(metrics, options, this.#run.metric),
      ...(name !== '' && { phase, phase_name: name }),
      // where the last weights are kept, no epoch before is better than another
      best: improved && (options.keep === 'best' || epoch + 1 === options.epochs),
      lr_reduced: reduced,
      seconds: (this.#run.now() - started) / 1000,
    });
    // no checkpoint after the last epoch: resuming from an earlier one gives the same result
    if (go === false) return 'stopped';
    await this.#saveWhenDue();
    return stop ? 'early-stopping' : undefined;
  }

  /** Measures the weights, or their average, and remembers them where they are the best so far. */
  async #measure(epoch: number): Promise<{ metrics: EpochMetrics | null; improved: boolean; stop: boolean }> {
    const { session, options } = this.#run;
    const metrics = await this.#validate();
    const watched = metrics?.[monitoredMetric(options.monitor)?.type ?? 'loss'];
    const { improved, stop } = this.#watch(epoch, watched);
    if (improved) this.#best = this.#keepsBest ? await session.tensors() : undefined;
    return { metrics, improved, stop };
  }

  /** Whether weights of an earlier epoch may be better than those of the last. */
  get #keepsBest(): boolean {
    const { val, options } = this.#run;
    return options.keep === 'best' && val.sequences.length > 0;
  }

  /** Early stopping; where the last weights are kept, every epoch is the best so far. */
  #watch(epoch: number, value: number | undefined): { improved: boolean; stop: boolean } {
    if (value !== undefined && this.#keepsBest) {
      const { improved, stop } = this.#stopping.update(epoch, value);
      // a phase does not end before its time, and the last one waits anew
      if (this.#phases.changes(epoch)) this.#stopping.restore({ ...this.#stopping.state(), waited: 0 });
      return { improved, stop: stop && epoch > this.#phases.settled };
    }
    this.#stopping.restore({ best: null, bestEpoch: epoch, waited: 0 });
    return { improved: true, stop: false };
  }

  async #validate(): Promise<EpochMetrics | null> {
    const { session, val } = this.#run;
    if (val.sequences.length === 0) return null;
    const metrics = await measure(session, val, {
      loss: this.#phases.at(this.#state.epoch).loss,
      pause: () => this.#breathe(),
    });
    if (!Number.isFinite(metrics.loss)) this.#notFinite(this.#state.step, this.#state.lr);
    return metrics;
  }

  #means(): { loss: number; accuracy: number } {
    const { loss_sum, weight_sum, correct, seen } = this.#state;
    return { loss: loss_sum / weight_sum, accuracy: correct / seen };
  }

  /** Restores the best parameters, if any, saves them, and throws. */
  #notFinite(step: number, lr: number): never {
    const { session, store } = this.#run;
    const kept: string[] = [];
    if (this.#best) {
      session.load(this.#best);
      store?.save('best', { tensors: this.#best, state: this.#savedState() });
      if (store)
        kept.push(
          ` The weights of epoch ${this.#stopping.bestEpoch}, the best one, are in the checkpoint "best".`,
        );
    }
    if (this.#savedStep > 0) kept.push(` The last good checkpoint is of step ${this.#savedStep}.`);
    if (kept.length === 0) kept.push(' There was no good checkpoint yet.');
    throw new NonFiniteError(
      step,
      `[train] the loss must be finite, but is not at step ${step} (epoch ${this.#state.epoch + 1}, learning rate ${lr}).${kept.join('')} ` +
        'Lower train.lr, or set train.clip_norm to 1.',
    );
  }

  /** The state with what the schedule and early stopping remember. */
  #savedState(): TrainingState {
    return { ...this.#state, schedule: this.#schedule.state(), early_stopping: this.#stopping.state() };
  }

  /** Brings `seconds` up to date. */
  #tick(): void {
    const now = this.#run.now();
    this.#state = { ...this.#state, seconds: this.#state.seconds + (now - this.#clock) / 1000 };
    this.#clock = now;
  }

  async #saveWhenDue(): Promise<void> {
    const { options, now } = this.#run;
    if (now() - this.#savedAt >= options.checkpoint_seconds * 1000) await this.#save();
  }

  async #save(): Promise<void> {
    const { session, store, listener, now, margins } = this.#run;
    await this.#open.settle();
    if (!store) return;
    this.#tick();
    this.#state = this.#savedState();
    const { epoch, batch, step, lr } = this.#state;
    const tensors = { ...(await checkpointTensors(session, this.#best)), ...margins?.tensors() };
    // the step's loss was finite, but its update may have broken the parameters: such a checkpoint would replace a good one
    if (!Object.values(tensors).every(({ data }) => data.every(Number.isFinite)))
      this.#notFinite(step + 1, lr);
    store.save('last', { tensors, state: this.#state });
    this.#savedAt = now();
    this.#savedStep = step;
    void listener?.({ type: 'checkpoint', epoch, batch, step });
  }

  /** Lets timers and signals through, at most every 50 ms. */
  async #breathe(): Promise<void> {
    const { pause, now } = this.#run;
    if (!pause || now() - this.#pausedAt < 50) return;
    await pause();
    this.#pausedAt = now();
  }
}
