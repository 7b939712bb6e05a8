/** The pieces of a local web server: safe defaults on loopback, errors as JSON, a graceful stop. */
export { readBody, readJsonBody } from './body.ts';
export { answerError, guard, type GuardOptions, type HttpEnv, type HttpVariables } from './guards.ts';
export { answersTo, hostName, isLoopback, isSameOrigin } from './hosts.ts';
export { asHttpError, type ErrorStatus, HttpError, retryAfter } from './http-error.ts';
export { type RunningServer, startServer, type StartOptions } from './start.ts';
export { requireToken } from './token.ts';
