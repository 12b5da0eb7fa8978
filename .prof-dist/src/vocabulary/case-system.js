"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.EACH = exports.ACTIONS = void 0;
exports.ACTIONS = ['read', 'search', 'export', 'create', 'update', 'delete', 'assign', 'approve'];
/** A place in a record: keys from the root, EACH for every element of an array. */
exports.EACH = '*';
