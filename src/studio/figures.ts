/** Figures for the pages: those of reports, as SVG in the colours of the page. */
import { existsSync } from 'node:fs';
import { figures } from '../figures/index.ts';
import { readRunSources } from '../figures/node.ts';
import type { EpochRecord, Sources, ThemeName } from '../figures/index.ts';
import { readDescription, readMetrics, readSplits } from '../run/index.ts';

/** A figure in a page. */
export interface ShownFigure {
  readonly type: string;
  readonly title: string;
  readonly caption: string;
  /** The drawing in words. */
  readonly alt: string;
  /** An SVG document; its `data-spots` says what is drawn where. */
  readonly svg: string;
}

/** How the page shows figures. */
export interface FigureLook {
  readonly theme: ThemeName;
  /** CSS pixels. */
  readonly width: number;
}

/** The sources of a run's figures; a run that chose the linear model keeps the curves of its network. */
export function sourcesOfRun(path: string): Sources {
  const { run, config, sources } = readRunSources(path);
  const epochs = readMetrics(run.paths.metrics).filter(
    (record): record is EpochRecord => typeof record.epoch === 'number' && 'val_loss' in record,
  );
  if (sources.history || epochs.length === 0) return sources;
  const { splits, description } = run.paths;
  const status = existsSync(description) ? readDescription(description).status : 'finished';
  const val = existsSync(splits) ? readSplits(splits).val.length : 0;
  const ended = config !== undefined && epochs.length < config.train.epochs ? 'early-stopping' : 'all-epochs';
  const history = {
    epochs,
    ending: status === 'finished' ? ended : status,
    patience: config?.train.patience ?? null,
    monitor: config?.train.monitor ?? 'val_loss',
    schedule: config?.train.schedule.type ?? 'constant',
    val_documents: val > 0 ? val : null,
  } as const;
  return { ...sources, history };
}

/**
 * Draws the figures that these sources have.
 * @param only Their types. Default all.
 */
export function drawFigures(
  sources: Sources,
  look: FigureLook,
  only?: readonly string[],
): readonly ShownFigure[] {
  return figures.flatMap((listed) => {
    if (only && !only.includes(listed.type)) return [];
    const figure = listed.of(sources);
    if (!figure) return [];
    const { type, title, caption, alt } = figure;
    return [{ type, title, caption, alt, svg: figure.draw({ ...look, spots: true }) }];
  });
}
