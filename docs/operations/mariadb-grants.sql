-- The gateway's own account: log entries are inserted and selected, never updated or deleted.
-- Run after `casegate migrate`, as an administrator of the database, in the database of the store.
-- The account is made beforehand: CREATE USER 'casegate_gate'@'%' IDENTIFIED BY '…';
GRANT SELECT, INSERT ON log_chain TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON access_entry TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON log_flush TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON decision_rollup TO 'casegate_gate'@'%';
GRANT SELECT ON schema_step TO 'casegate_gate'@'%';

GRANT SELECT, INSERT, UPDATE, DELETE ON organization TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON application TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON account TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON standing TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON membership TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON supervision TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON delegation TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON admin_right TO 'casegate_gate'@'%';
GRANT SELECT, UPDATE ON store_version TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, DELETE ON directory_change TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON record_registry TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, DELETE ON registry_change TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON privacy_transaction TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON policy_file TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON policy_version TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON policy_proposal TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON policy_approval TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON policy_change TO 'casegate_gate'@'%';
GRANT SELECT, INSERT ON policy_shadow TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE ON shadow_count TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON drift_place TO 'casegate_gate'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON write_key TO 'casegate_gate'@'%';
