/** Exports of a run: the choices, the request, and the file for download. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Hono } from 'hono';
import { exportTargetOf, exportTargets } from '../export/index.ts';
import { HttpError, type HttpEnv } from '../serve/http/index.ts';
import { openRun } from './runs.ts';
import type { TaskRequest } from './task-requests.ts';
import type { Workspace } from './workspace.ts';

/** Folder for exports, below the folder of the studio. */
const FOLDER = 'exports';

/** An export that can be chosen. */
export interface ExportChoice {
  readonly target: string;
  readonly summary: string;
  /** Whether it is one file, which can be downloaded. */
  readonly file: boolean;
  /** Whether 8 bits are optional: small targets always use them, others never. */
  readonly int8: boolean;
}

/** The export targets as the page offers them, the self-contained web page first. */
export function exportChoices(): ExportChoice[] {
  return exportTargets
    .map(({ type, summary, output, small }) => ({
      ...{ target: type, summary, file: output.kind === 'file' },
      int8: small === undefined && output.kind === 'folder' && type !== 'python',
    }))
    .sort((a, b) => Number(b.target === 'html') - Number(a.target === 'html'));
}

/** The request of a page as a task; the path of the export follows from the run and the target. */
export function exportRequest(
  { run, target, int8 }: { readonly run: string; readonly target: string; readonly int8: boolean },
  workspace: Workspace,
): TaskRequest {
  openRun(run, workspace);
  const { output } = exportTargetOf(target);
  const name = basename(workspace.inside(run));
  return { kind: 'export', run, target, int8, output: `${FOLDER}/${name}${output.ending}` };
}

/**
 * Routes for the choices, and for the file of an export as a download, which is never shown as a page of the studio.
 */
export function exportRoutes(app: Hono<HttpEnv>, { workspace }: { readonly workspace: Workspace }): void {
  app.get('/api/export', (c) => c.json(exportChoices()));
  app.get('/api/export/file', (c) => {
    const path = c.req.query('path') ?? '';
    const file = workspace.inside(path);
    if (!workspace.shown(file).startsWith(`${FOLDER}/`) || !statSync(file).isFile())
      throw new HttpError(
        404,
        `[${path}] it must be a file of an export, but is none. Export the run again.`,
      );
    c.header('Content-Type', 'application/octet-stream');
    c.header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(basename(file))}`);
    return c.body(readFileSync(file));
  });
}
