"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.startGateway = exports.importDirectory = exports.cliServices = void 0;
/**
 * The only place that knows every room: it opens them, hands each what it asked for, and closes them again.
 *
 * start-gateway   the gateway as a whole        wire-steps   the rooms as the steps of one request
 * open-*          stores, clients, admin plane  cli-services what the commands ask for
 */
var cli_services_1 = require("./compose/cli-services");
Object.defineProperty(exports, "cliServices", { enumerable: true, get: function () { return cli_services_1.cliServices; } });
Object.defineProperty(exports, "importDirectory", { enumerable: true, get: function () { return cli_services_1.importDirectory; } });
var start_gateway_1 = require("./compose/start-gateway");
Object.defineProperty(exports, "startGateway", { enumerable: true, get: function () { return start_gateway_1.startGateway; } });
