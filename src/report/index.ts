/** Comparisons and reports of runs, reports of studies. Node only. */
export { buildReport, type ReportOptions } from './build.ts';
export {
  type ComparedRun,
  type ComparedSetting,
  type CompareOptions,
  compareRuns,
  type Comparison,
  type PairedRuns,
  type PairedSettings,
  type Spread,
} from './compare.ts';
export { comparisonTable } from './compare-tables.ts';
export type { Block, FigureBlock, Inline, Report, Section, Table, Text } from './content.ts';
export type { ReportData } from './data-sections.ts';
export type { ReportExplanations } from './explanation-section.ts';
export { writeHtml } from './html.ts';
export { writeLatex } from './latex.ts';
export { writeMarkdown } from './markdown.ts';
export { type Prediction, readRuns, type RunFacts } from './run-facts.ts';
export { isStudyAddress, readStudy, type SearchFacts, type StudyReportFacts } from './study-facts.ts';
export { buildStudyReport, type StudyReportOptions } from './study-report.ts';
export { type ReportFormat, reportFormats, writeReport } from './write.ts';
