/** Schedules against PyTorch, and what every schedule must keep. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { loadTorch } from '../../../test/golden/load.ts';
import { type Schedule, schedules } from './index.ts';

describe('schedules equal PyTorch', () => {
  for (const c of loadTorch('schedules').cases) {
    test(`${c.schedule} ${JSON.stringify(c.options)}${c.mode ? ` ${c.mode}` : ''}, ${c.steps} steps`, () => {
      const context = {
        lr: c.lr,
        totalSteps: c.steps,
        stepsPerEpoch: 1,
        ...(c.mode ? { mode: c.mode } : {}),
      };
      const schedule = schedules.create({ type: c.schedule, ...c.options }, context);
      for (const [t, want] of c.lrs.entries()) {
        const got = schedule.lr();
        // PyTorch computes the cosine from step to step, so its rounding errors add up
        assert.ok(Math.abs(got - want) <= 1e-12 * c.lr, `step ${t}: ${got} but ${want}`);
        schedule.afterStep();
        const reduced = schedule.afterEpoch(c.metrics?.[t] ?? NaN);
        if (t + 1 < c.steps && c.metrics)
          assert.equal(reduced, c.lrs[t + 1] < want, `reduced after epoch ${t}`);
      }
    });
  }
});

test('the golden plateaus do reduce, in both modes, so that they prove something', () => {
  for (const c of loadTorch('schedules').cases.filter((x) => x.schedule === 'plateau')) {
    assert.ok(new Set(c.lrs).size > 1, JSON.stringify(c.options));
  }
});

/** Each schedule with options that use its terms. */
const variants: readonly {
  readonly type: string;
  readonly max_lr?: number;
  readonly [option: string]: unknown;
}[] = [
  { type: 'plateau', patience: 1, cooldown: 1 },
  { type: 'cosine', warmup_fraction: 0.2, min_lr: 0.001 },
  { type: 'one_cycle', anneal: 'linear', pct_start: 0.5, max_lr: 0.3 },
];

const defaults: typeof variants = schedules.names.map((type) => ({ type }));

for (const options of [...defaults, ...variants]) {
  describe(`every schedule: ${JSON.stringify(options)}`, () => {
    const [epochs, stepsPerEpoch] = [24, 5];
    const context = { lr: 0.1, totalSteps: epochs * stepsPerEpoch, stepsPerEpoch };
    const rng = createRng(5);
    const metrics = Array.from({ length: epochs }, (_, e) =>
      e === 9 ? NaN : 1 / (1 + Math.min(e, 6)) + 0.01 * rng.float(),
    );

    /** The learning rates of steps [from, to). */
    const drive = (schedule: Schedule, from: number, to: number): number[] => {
      const lrs: number[] = [];
      for (let step = from; step < to; step++) {
        lrs.push(schedule.lr());
        schedule.afterStep();
        if ((step + 1) % stepsPerEpoch === 0) schedule.afterEpoch(metrics[Math.floor(step / stepsPerEpoch)]);
      }
      return lrs;
    };

    test('a state that went through JSON, at any step, gives the same future', () => {
      const whole = drive(schedules.create(options, context), 0, context.totalSteps);
      for (let cut = 0; cut <= context.totalSteps; cut++) {
        const first = schedules.create(options, context);
        drive(first, 0, cut);
        const second = schedules.create(options, context);
        second.restore(JSON.parse(JSON.stringify(first.state())));
        assert.deepEqual(drive(second, cut, context.totalSteps), whole.slice(cut), `from step ${cut}`);
      }
    });

    test('learning rates are positive, finite and at most the highest; asking twice changes nothing', () => {
      const schedule = schedules.create(options, context);
      const top = options.max_lr ?? context.lr;
      for (let step = 0; step < context.totalSteps; step++) {
        const lr = schedule.lr();
        assert.ok(lr > 0 && lr <= top * (1 + 1e-15), `step ${step}: ${lr}`);
        assert.equal(schedule.lr(), lr);
        schedule.afterStep();
      }
    });

    test('goes on after the last step', () => {
      const schedule = schedules.create(options, context);
      drive(schedule, 0, context.totalSteps);
      const end = schedule.lr();
      schedule.afterStep();
      assert.ok(Number.isFinite(end) && end >= 0);
      assert.equal(schedule.lr(), end);
    });

    test('runs of one, two and three steps have finite learning rates', () => {
      for (const totalSteps of [1, 2, 3]) {
        const schedule = schedules.create(options, { lr: 0.1, totalSteps, stepsPerEpoch: 1 });
        for (let step = 0; step < totalSteps; step++) {
          assert.ok(
            schedule.lr() > 0 && schedule.lr() < 1,
            `step ${step} of ${totalSteps}: ${schedule.lr()}`,
          );
          schedule.afterStep();
        }
      }
    });

    test('a state of another schedule, or none, is refused', () => {
      const schedule = schedules.create(options, context);
      for (const state of [
        undefined,
        null,
        7,
        {},
        { step: -1 },
        { step: 1.5 },
        { step: 1, lr: 1 },
        { lr: '1' },
      ]) {
        assert.throws(() => schedule.restore(state), (e) => e instanceof ConfigError && e.message.includes(options.type)); // prettier-ignore
      }
    });
  });
}

test('the cosine warms up in even steps to the peak and falls to half of it in the middle', () => {
  const schedule = schedules.create(
    { type: 'cosine', warmup_steps: 4 },
    { lr: 1, totalSteps: 24, stepsPerEpoch: 1 },
  );
  const lrs = Array.from({ length: 25 }, () => {
    const lr = schedule.lr();
    schedule.afterStep();
    return lr;
  });
  assert.deepEqual(lrs.slice(0, 5), [0.2, 0.4, 0.6, 0.8, 1]);
  assert.ok(Math.abs(lrs[14] - 0.5) < 1e-15);
  assert.equal(lrs[24], 0);
});

test('options that cannot work are refused', () => {
  const context = { lr: 0.01, totalSteps: 10, stepsPerEpoch: 1 };
  assert.throws(
    () => schedules.create({ type: 'cosine', min_lr: 0.1 }, context),
    /min_lr must be at most the learning rate 0\.01/,
  );
  assert.throws(
    () => schedules.create({ type: 'plateau', factor: 1 }, context),
    /\[schedule plateau\] factor/,
  );
  const unknown: string = 'onecycle'; // written out, the compiler would refuse it
  assert.throws(() => schedules.create({ type: unknown }, context), /Did you mean "one_cycle"/);
});
