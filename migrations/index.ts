import type { MigrationInterface } from 'typeorm';
import { LogChain0000000001001 } from './1001-log-chain';
import { AccessEntry0000000001002 } from './1002-access-entry';
import { DecisionRollup0000000001003 } from './1003-decision-rollup';
import { LogFlush0000000001004 } from './1004-log-flush';
import { AppendOnly0000000001005 } from './1005-append-only';
import { Organization0000000001101 } from './1101-organization';
import { Application0000000001102 } from './1102-application';
import { Account0000000001103 } from './1103-account';
import { Standing0000000001104 } from './1104-standing';
import { Membership0000000001105 } from './1105-membership';
import { Supervision0000000001106 } from './1106-supervision';
import { Delegation0000000001107 } from './1107-delegation';
import { AdminRight0000000001108 } from './1108-admin-right';
import { StoreVersion0000000001109 } from './1109-store-version';
import { StoreVersionRows0000000001110 } from './1110-store-version-rows';
import { DirectoryChange0000000001111 } from './1111-directory-change';
import { RecordRegistry0000000001201 } from './1201-record-registry';
import { RegistryChange0000000001202 } from './1202-registry-change';
import { PrivacyTransaction0000000001203 } from './1203-privacy-transaction';
import { DriftPlace0000000001301 } from './1301-drift-place';
import { DriftVersion0000000001302 } from './1302-drift-version';
import { PolicyFile0000000001401 } from './1401-policy-file';
import { PolicyVersion0000000001402 } from './1402-policy-version';
import { PolicyProposal0000000001403 } from './1403-policy-proposal';
import { PolicyApproval0000000001404 } from './1404-policy-approval';
import { PolicyChange0000000001405 } from './1405-policy-change';
import { PolicyVersionRow0000000001406 } from './1406-policy-version-row';
import { PolicyShadow0000000001407 } from './1407-policy-shadow';
import { ShadowCount0000000001408 } from './1408-shadow-count';
import { WriteKey0000000001501 } from './1501-write-key';

/**
 * Steps of the schema, in order. A step's number is its issue (1 …), its room (0 log, 1 directory, 2 registry, 3 drift, 4 policy, 5 writes …) and a running
 * number: 1001 is issue 1, log, first; it ends the class's name in 13 digits, which TypeORM sorts by. A step is never changed once
 * it has been released. Each step is one DDL statement (MariaDB does not roll DDL back) and may be run again (`createTable` with
 * `ifNotExist`, or look first); it uses TypeORM's Table API and `columnsFor`, so that one set runs on both engines.
 */
export type SchemaStep = new () => MigrationInterface & { readonly name: string };

/** The access log. On SQLite it has a file of its own; on MariaDB it shares the database. */
export const logSteps: readonly SchemaStep[] = [
  LogChain0000000001001,
  AccessEntry0000000001002,
  DecisionRollup0000000001003,
  LogFlush0000000001004,
  AppendOnly0000000001005,
];

/** Directory, registry and all that TypeORM entities stand on. */
export const governanceSteps: readonly SchemaStep[] = [
  Organization0000000001101,
  Application0000000001102,
  Account0000000001103,
  Standing0000000001104,
  Membership0000000001105,
  Supervision0000000001106,
  Delegation0000000001107,
  AdminRight0000000001108,
  StoreVersion0000000001109,
  StoreVersionRows0000000001110,
  DirectoryChange0000000001111,
  RecordRegistry0000000001201,
  RegistryChange0000000001202,
  PrivacyTransaction0000000001203,
  DriftPlace0000000001301,
  DriftVersion0000000001302,
  PolicyFile0000000001401,
  PolicyVersion0000000001402,
  PolicyProposal0000000001403,
  PolicyApproval0000000001404,
  PolicyChange0000000001405,
  PolicyVersionRow0000000001406,
  PolicyShadow0000000001407,
  ShadowCount0000000001408,
  WriteKey0000000001501,
];
