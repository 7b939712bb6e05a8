/**
 * Reporter of `npm test`: one line a file, failures in full at the end, skips with their reason, and the runner's own
 * closing lines.
 */
import { inspect } from 'node:util';
import { relative } from 'node:path';
import picocolors from 'picocolors';
import type { TestEvent } from 'node:test/reporters';

const colour = !process.env.NO_COLOR && (process.stdout.isTTY || Boolean(process.env.FORCE_COLOR));
const pc = picocolors.createColors(colour);

interface FileTally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Failure {
  readonly where: string;
  readonly name: string;
  readonly details: string;
}

type FailData = Extract<TestEvent, { type: 'test:fail' }>['data'];

function shorten(file: string | undefined): string {
  return file === undefined ? '' : relative(process.cwd(), file);
}

/** The error as a reader wants it: what the test threw, without the runner's wrapper around it. */
function describe(data: FailData): string {
  const wrapper = data.details.error;
  const error: unknown = wrapper.cause ?? wrapper;
  return typeof error === 'string' ? error : inspect(error, { colors: colour, depth: 4 });
}

/** A parent fails because a child did; only the child has something to tell. */
function isParentOfFailure(data: FailData): boolean {
  return (data.details.error as { failureType?: string }).failureType === 'subtestsFailed';
}

/** Of a file that has no tests of its own but loads others: all that they had. */
function loaded({
  tests,
  passed,
  skipped,
  todo,
}: Record<'tests' | 'passed' | 'skipped' | 'todo', number>): FileTally {
  return { passed, skipped, failed: tests - passed - skipped - todo };
}

function* closing(failures: readonly Failure[], skips: ReadonlyMap<string, number>): Generator<string> {
  if (skips.size > 0) yield '\nSkipped:\n';
  for (const [reason, count] of skips)
    yield `  ${pc.yellow('-')} ${reason}${count > 1 ? ` (${count} tests)` : ''}\n`;
  for (const [index, { name, where, details }] of failures.entries()) {
    yield `\n${pc.red(`✖ ${index + 1}) ${name}`)}  ${pc.dim(where)}\n${details.replace(/^/gm, '  ')}\n`;
  }
  yield '\n';
}

/** Turns the runner's events into text. */
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  // `npm test | head` has seen enough
  process.stdout.on('error', () => process.exit(1));
  const tallies = new Map<string, FileTally>();
  const failures: Failure[] = [];
  const skips = new Map<string, number>();
  const summary: string[] = [];
  const tally = (file: string | undefined) => {
    const key = shorten(file);
    const found = tallies.get(key) ?? { passed: 0, failed: 0, skipped: 0 };
    tallies.set(key, found);
    return found;
  };
  for await (const event of source) {
    switch (event.type) {
      case 'test:pass': {
        const { data } = event;
        if (data.skip !== undefined && data.skip !== false) {
          const reason =
            typeof data.skip === 'string' && data.skip !== '' ? data.skip : `no reason given: ${data.name}`;
          skips.set(reason, (skips.get(reason) ?? 0) + 1);
          tally(data.file).skipped++;
        } else if (data.details.type !== 'suite') tally(data.file).passed++;
        break;
      }
      case 'test:fail': {
        const { data } = event;
        if (isParentOfFailure(data)) break;
        tally(data.file).failed++;
        const where = `${shorten(data.file)}${data.line === undefined ? '' : `:${data.line}`}`;
        failures.push({ where, name: data.name, details: describe(data) });
        break;
      }
      case 'test:stdout':
      case 'test:stderr':
        yield event.data.message;
        break;
      case 'test:diagnostic':
        if (event.data.nesting === 0 && event.data.file === undefined)
          summary.push(`ℹ ${event.data.message}\n`);
        break;
      case 'test:summary': {
        const { file, duration_ms: duration } = event.data;
        if (file === undefined) break;
        const { passed, failed, skipped } = tallies.get(shorten(file)) ?? loaded(event.data.counts);
        const mark = failed > 0 ? pc.red('✖') : pc.green('✔');
        const counts = [
          `${passed} passed`,
          failed && pc.red(`${failed} failed`),
          skipped && pc.yellow(`${skipped} skipped`),
        ];
        yield `${mark} ${shorten(file)} ${pc.dim(`${counts.filter(Boolean).join(', ')} in ${(duration / 1000).toFixed(1)} s`)}\n`;
        break;
      }
      default: // the other events say nothing that a reader needs
        break;
    }
  }
  yield* closing(failures, skips);
  yield* summary;
}
