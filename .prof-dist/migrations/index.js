"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.governanceSteps = exports.logSteps = void 0;
const _1001_log_chain_1 = require("./1001-log-chain");
const _1002_access_entry_1 = require("./1002-access-entry");
const _1003_decision_rollup_1 = require("./1003-decision-rollup");
const _1004_append_only_1 = require("./1004-append-only");
const _1101_organization_1 = require("./1101-organization");
const _1102_application_1 = require("./1102-application");
const _1103_account_1 = require("./1103-account");
const _1104_standing_1 = require("./1104-standing");
const _1105_membership_1 = require("./1105-membership");
const _1106_supervision_1 = require("./1106-supervision");
const _1107_delegation_1 = require("./1107-delegation");
const _1108_admin_right_1 = require("./1108-admin-right");
const _1109_store_version_1 = require("./1109-store-version");
const _1110_store_version_rows_1 = require("./1110-store-version-rows");
const _1111_directory_change_1 = require("./1111-directory-change");
const _1201_record_registry_1 = require("./1201-record-registry");
const _1202_registry_change_1 = require("./1202-registry-change");
const _1203_privacy_transaction_1 = require("./1203-privacy-transaction");
/** The access log. On SQLite it has a file of its own; on MariaDB it shares the database. */
exports.logSteps = [
    _1001_log_chain_1.LogChain0000000001001,
    _1002_access_entry_1.AccessEntry0000000001002,
    _1003_decision_rollup_1.DecisionRollup0000000001003,
    _1004_append_only_1.AppendOnly0000000001004,
];
/** Directory, registry and all that TypeORM entities stand on. */
exports.governanceSteps = [
    _1101_organization_1.Organization0000000001101,
    _1102_application_1.Application0000000001102,
    _1103_account_1.Account0000000001103,
    _1104_standing_1.Standing0000000001104,
    _1105_membership_1.Membership0000000001105,
    _1106_supervision_1.Supervision0000000001106,
    _1107_delegation_1.Delegation0000000001107,
    _1108_admin_right_1.AdminRight0000000001108,
    _1109_store_version_1.StoreVersion0000000001109,
    _1110_store_version_rows_1.StoreVersionRows0000000001110,
    _1111_directory_change_1.DirectoryChange0000000001111,
    _1201_record_registry_1.RecordRegistry0000000001201,
    _1202_registry_change_1.RegistryChange0000000001202,
    _1203_privacy_transaction_1.PrivacyTransaction0000000001203,
];
