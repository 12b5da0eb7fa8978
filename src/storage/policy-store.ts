import { createHash } from 'node:crypto';
import { In, LessThan, Like, type EntityManager } from 'typeorm';
import type {
  Approval,
  Brought,
  InForce,
  PolicyChange,
  PolicyFiles,
  PolicyStore,
  Proposal,
  VouchingRule,
  WaitingProposal,
} from '../decide/policy-store';
import { StoreVersionEntity } from './directory-entities';
import type { GovernanceStore } from './open-data-source';
import {
  PolicyApprovalEntity,
  PolicyChangeEntity,
  PolicyFileEntity,
  PolicyProposalEntity,
  PolicyVersionEntity,
  type PolicyProposalColumns,
} from './policy-entities';

/** Keeps policy versions, proposals and changes, on both engines. */
export function createPolicyStore(store: Pick<GovernanceStore, 'read' | 'inTransaction'>): PolicyStore {
  return {
    inForce: () => store.read(inForce),

    filesOf: (version) => store.read((manager) => filesOf(manager, version)),

    versionsLike: (start) =>
      store.read(async (manager) => {
        if (!/^[0-9a-f]{4,64}$/.test(start)) return [];
        const found = await manager.find(PolicyVersionEntity, {
          where: { version: Like(`${start}%`) },
          select: { version: true },
          take: 2,
        });
        return found.map((row) => row.version);
      }),

    propose: (proposal, files, person) =>
      again(store, async (manager) => {
        await keepFiles(manager, proposal.version, files, proposal.act.atMs);
        const { version, from: fromNumber, changed } = proposal;
        if (!(await manager.existsBy(PolicyProposalEntity, { fromNumber, version })))
          await manager.insert(PolicyProposalEntity, { fromNumber, version, changed, ...proposal.act });
        const { account, atMs } = proposal.act;
        if (account !== null && person !== null) await vouch(manager, fromNumber, version, { account, person, atMs });
      }),

    approve: (version, fromNumber, { account, person, atMs }) =>
      again(store, async (manager) => {
        if (!(await manager.existsBy(PolicyProposalEntity, { fromNumber, version }))) throw new Error('no such proposal waits');
        await vouch(manager, fromNumber, version, { account, person, atMs });
      }),

    bring: (version, from, rule, atMs) => store.inTransaction((manager) => bring(manager, version, from, rule, atMs)),

    waiting: () =>
      store.read(async (manager) => {
        const { number, version: current } = await inForce(manager);
        const proposals = await manager.find(PolicyProposalEntity, {
          where: { fromNumber: number },
          order: { atMs: 'ASC', version: 'ASC' },
        });
        const approvals = await manager.find(PolicyApprovalEntity, {
          where: { fromNumber: number },
          order: { atMs: 'ASC', person: 'ASC' },
        });
        return proposals
          .filter((row) => row.version !== current)
          .map((row): WaitingProposal => ({
            ...proposalOf(row),
            approvals: approvals.filter((one) => one.version === row.version).map(approvalOf),
          }));
      }),

    history: (before, limit) =>
      store.read(async (manager) => {
        const where = before === null ? {} : { number: LessThan(before) };
        const rows = await manager.find(PolicyChangeEntity, { where, order: { number: 'DESC' }, take: limit });
        return rows.map(({ number, version, changed, approvedBy, account, origin, host, reason, atMs }): PolicyChange => {
          return { number, version, changed, approvedBy, act: { account, origin, host, reason, atMs } };
        });
      }),
  };
}

/** Two processes that keep the same at once: the second finds it there when it tries again. */
async function again<T>(store: Pick<GovernanceStore, 'inTransaction'>, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await store.inTransaction(work);
    } catch (fault) {
      if (!isDuplicate(fault) || tries === 3) throw fault;
    }
  }
}

/** A unique key refused: ER_DUP_ENTRY on MariaDB, a constraint on SQLite. */
export const isDuplicate = (fault: unknown): boolean => {
  const { code, errno } = fault as { readonly code?: unknown; readonly errno?: unknown };
  return errno === 1062 || code === 'ER_DUP_ENTRY' || String(code).startsWith('SQLITE_CONSTRAINT');
};

async function vouch(manager: EntityManager, fromNumber: number, version: string, { account, person, atMs }: Approval): Promise<void> {
  if (await manager.existsBy(PolicyApprovalEntity, { fromNumber, version, person })) return;
  await manager.insert(PolicyApprovalEntity, { fromNumber, version, person, account, atMs });
}

async function inForce(manager: EntityManager): Promise<InForce> {
  // One statement: number and version belong together.
  const [row] = await manager.find(PolicyChangeEntity, { order: { number: 'DESC' }, take: 1, select: { number: true, version: true } });
  return row === undefined ? { number: 0, version: null } : { number: row.number, version: row.version };
}

async function bring(manager: EntityManager, version: string, from: number, rule: VouchingRule, atMs: number): Promise<Brought> {
  const proposal = await manager.findOneBy(PolicyProposalEntity, { fromNumber: from, version });
  if (proposal === null) throw new Error('no such proposal waits');
  const approvals = await manager.find(PolicyApprovalEntity, {
    where: { fromNumber: from, version },
    order: { atMs: 'ASC', person: 'ASC' },
  });
  const counting = approvals.filter((one) => rule.mayVouch(one.account));
  if (counting.length < rule.needed) return { kind: 'waiting', lacking: rule.needed - counting.length };
  // Compare and swap: the row's lock is held until the commit, and the second of two finds another number.
  const { affected } = await manager.update(StoreVersionEntity, { name: 'policy', version: from }, { version: from + 1 });
  if (affected !== 1) return { kind: 'moved' };
  const { account, origin, host, reason, changed } = proposal;
  const approvedBy = counting.map((one) => one.account);
  await manager.insert(PolicyChangeEntity, { number: from + 1, version, account, origin, host, reason, changed, approvedBy, atMs });
  return { kind: 'in-force', number: from + 1 };
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Keeps the files of a version; again it changes nothing. */
export async function keepFiles(manager: EntityManager, version: string, files: PolicyFiles, keptMs: number): Promise<void> {
  if (await manager.existsBy(PolicyVersionEntity, { version })) return;
  const byHash = new Map<string, Buffer>();
  const named: Record<string, Record<string, string>> = {};
  for (const [system, own] of files) {
    const hashes: Record<string, string> = {};
    for (const [file, bytes] of Object.entries(own)) {
      hashes[file] = hashOf(bytes);
      byHash.set(hashOf(bytes), bytes);
    }
    named[system] = hashes;
  }
  const known = await manager.find(PolicyFileEntity, { where: { hash: In([...byHash.keys()]) }, select: { hash: true } });
  for (const { hash } of known) byHash.delete(hash);
  for (const [hash, bytes] of byHash) await manager.insert(PolicyFileEntity, { hash, content: bytes.toString('base64') });
  await manager.insert(PolicyVersionEntity, { version, files: named, keptMs });
}

/** Fails where a file is missing or is not what its hash says: somebody changed the store. */
async function filesOf(manager: EntityManager, version: string): Promise<PolicyFiles | null> {
  const kept = await manager.findOneBy(PolicyVersionEntity, { version });
  if (kept === null) return null;
  const hashes = [...new Set(Object.values(kept.files).flatMap((own) => Object.values(own)))];
  const rows = await manager.find(PolicyFileEntity, { where: { hash: In(hashes) } });
  const bytesOf = new Map(rows.map(({ hash, content }) => [hash, Buffer.from(content, 'base64')]));
  const files = new Map<string, Record<string, Buffer>>();
  for (const [system, own] of Object.entries(kept.files)) {
    const read: Record<string, Buffer> = {};
    for (const [file, hash] of Object.entries(own)) {
      const bytes = bytesOf.get(hash);
      if (bytes === undefined || hashOf(bytes) !== hash)
        throw Object.assign(new Error(`${system}/${file} of policy ${version} is not as it was kept`), { code: 'POLICY_SPOILT' });
      read[file] = bytes;
    }
    files.set(system, read);
  }
  return files;
}

const proposalOf = ({ version, fromNumber, changed, account, origin, host, reason, atMs }: PolicyProposalColumns): Proposal => ({
  version,
  from: fromNumber,
  changed,
  act: { account, origin, host, reason, atMs },
});

const approvalOf = ({ account, person, atMs }: Approval): Approval => ({ account, person, atMs });
