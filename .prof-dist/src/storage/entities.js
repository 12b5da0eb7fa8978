"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.entities = void 0;
const directory_entities_1 = require("./directory-entities");
const registry_entities_1 = require("./registry-entities");
/** Every TypeORM entity of the governance store; each room of storage appends its own. The access log has none: it is not hydrated. */
exports.entities = [...directory_entities_1.directoryEntities, ...registry_entities_1.registryEntities];
