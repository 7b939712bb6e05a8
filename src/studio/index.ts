/** The studio: a local web application for the runs, studies and data of a folder. Node only. */
export { type RunningStudio, startStudio, type StudioOptions } from './start.ts';
