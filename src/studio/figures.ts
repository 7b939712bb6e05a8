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
  /** An SVG document. */
  readonly svg: string;
  /** What stands at each point of its curve, from left to right; null where there is no curve to point at. */
  readonly points: readonly string[] | null;
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
    return [{ type, title, caption, alt, svg: figure.draw(look), points: pointsOf(type, sources) }];
  });
}

const percent = (value: number | null | undefined) => (value == null ? '–' : `${(100 * value).toFixed(1)} %`);
const number = (value: number | null | undefined) => (value == null ? '–' : value.toPrecision(4));

/** What the page says of a point of a training's curves. */
function pointsOf(type: string, { history }: Sources): readonly string[] | null {
  if (!history) return null;
  switch (type) {
    case 'loss-curve':
      return history.epochs.map(
        ({ epoch, train_loss, val_loss }) =>
          `epoch ${epoch}: training loss ${number(train_loss)}, validation loss ${number(val_loss)}`,
      );
    case 'accuracy-curve':
      return history.epochs.map(
        ({ epoch, train_accuracy, val_accuracy }) =>
          `epoch ${epoch}: training ${percent(train_accuracy)}, validation ${percent(val_accuracy)}`,
      );
    case 'lr-schedule':
      return history.epochs.map(({ epoch, lr }) => `epoch ${epoch}: learning rate ${number(lr)}`);
    default:
      return null;
  }
}
