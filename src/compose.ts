/**
 * The only place that knows every room: it opens them, hands each what it asked for, and closes them again.
 *
 * start-gateway   the gateway as a whole        wire-steps   the rooms as the steps of one request
 * open-*          stores, clients, admin plane  cli-services what the commands ask for
 */
export { cliServices, importDirectory } from './compose/cli-services';
export { startGateway } from './compose/start-gateway';
export type { GatewayParts, RunningGateway } from './compose/start-gateway';
