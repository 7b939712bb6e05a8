/** `metrics.jsonl`: one JSON object a line, for each epoch (`epoch` counts from 1) and each evaluation. */
import * as fs from 'node:fs';
import { CorruptFileError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { writeFileAtomic } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';

/** A line: an epoch, or an evaluation. Numbers that are not finite become null. */
export interface MetricsRecord {
  /** Epoch that the metrics belong to, from 1. */
  readonly epoch?: number;
  readonly [key: string]: unknown;
}

/**
 * Appends a record, in one call to the system, so that readers see whole lines. If the disk is full, no part of the
 * line is left.
 */
export function appendMetrics(path: string, record: MetricsRecord): void {
  withFileErrors(path, 'append to the metrics', () => {
    const file = fs.openSync(path, 'a');
    const { size } = fs.fstatSync(file);
    try {
      const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
      for (let at = 0; at < bytes.length;) at += fs.writeSync(file, bytes, at);
    } catch (cause) {
      fs.ftruncateSync(file, size);
      throw cause;
    } finally {
      fs.closeSync(file);
    }
  });
}

/**
 * Reads all records; none where there is no file. A last line without its end is left out: the run was killed, or is
 * still writing it.
 * @throws CorruptFileError for any other line that is not a JSON object.
 */
export function readMetrics(path: string): MetricsRecord[] {
  return readLines(path).map(({ record }) => record);
}

/**
 * Truncates the file to a checkpoint: keeps the records of epochs up to `epoch`, byte for byte, and drops later ones
 * and those without an epoch, which stand at a run's end. Epochs that are then trained again give the same lines as
 * in a run that was never interrupted, apart from times.
 */
export function keepMetricsUpTo(path: string, epoch: number): void {
  if (!fs.existsSync(path)) return;
  const kept = readLines(path).filter(({ record }) => record.epoch !== undefined && record.epoch <= epoch);
  writeFileAtomic(
    path,
    kept.map(({ line }) => `${line}\n`),
  );
}

function readLines(path: string): { line: string; record: MetricsRecord }[] {
  if (!fs.existsSync(path)) return [];
  const lines = withFileErrors(path, 'read the metrics', () => fs.readFileSync(path, 'utf8')).split('\n');
  lines.pop(); // what follows the last line end: nothing, or a torn line
  return lines.map((line, i) => {
    let record: unknown;
    try {
      record = parseJson(line);
    } catch {
      record = undefined;
    }
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      throw new CorruptFileError(
        path,
        `[${path}:${i + 1}] each line must be a JSON object, but got ${JSON.stringify(line.slice(0, 60))}. Remove the line, or the file.`,
      );
    }
    return { line, record: record as MetricsRecord };
  });
}
