"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createPolicyDesk = createPolicyDesk;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const breather_1 = require("./breather");
const check_policy_folder_1 = require("./check-policy-folder");
const check_system_1 = require("./check-system");
const finding_1 = require("./finding");
const policy_in_force_1 = require("./policy-in-force");
const read_policy_folder_1 = require("./read-policy-folder");
/** Rejects where the folder cannot be read at start. */
async function createPolicyDesk(options) {
    const desk = new Desk(options);
    await desk.start();
    return desk;
}
/** An editor that saves in place writes twice; a change is read when the files have held still this long. */
const SETTLE_MS = 40;
class Desk {
    options;
    set = { version: '', policies: new Map(), loaded: new Map(), sinceMs: 0 };
    findings = [];
    signature = null;
    lastLookMs = 0;
    looking = null;
    isAgain = false;
    isClosed = false;
    watchers = new Map();
    timer = null;
    settling = null;
    constructor(options) {
        this.options = options;
    }
    async start() {
        const read = await (0, read_policy_folder_1.readPolicyFolder)(this.options.folder);
        await this.take(read);
        this.watchFolders();
        this.timer = setInterval(() => void this.refresh(), this.options.pollMs ?? 400);
        this.timer.unref();
    }
    get version() {
        return this.set.version;
    }
    current(system) {
        return this.set.policies.get(system);
    }
    state() {
        const { version, sinceMs, policies } = this.set;
        return {
            version,
            inForceSinceMs: sinceMs,
            systems: [...policies.keys()],
            isAlarmed: this.findings.length > 0,
            findings: this.findings,
            lastLookMs: this.lastLookMs,
        };
    }
    /** One look at a time; a call during a look waits for one more (POL-03). */
    refresh() {
        if (this.isClosed)
            return Promise.resolve();
        if (this.looking) {
            this.isAgain = true;
            return this.looking;
        }
        this.looking = this.look().finally(() => (this.looking = null));
        return this.looking;
    }
    async close() {
        this.isClosed = true;
        if (this.timer)
            clearInterval(this.timer);
        if (this.settling)
            clearTimeout(this.settling);
        for (const watcher of this.watchers.values())
            watcher.close();
        this.watchers.clear();
        await this.looking;
    }
    async look() {
        do {
            this.isAgain = false;
            try {
                if ((await (0, read_policy_folder_1.folderSignature)(this.options.folder)) !== this.signature) {
                    await this.take(await (0, read_policy_folder_1.readPolicyFolder)(this.options.folder));
                    this.watchFolders();
                }
                this.lastLookMs = this.options.clock();
            }
            catch (error) {
                // C09: what cannot be read changes nothing; it is looked at again, and the alarm says so.
                const message = `the policy folder cannot be taken: ${String(error.code ?? error.message)}`;
                this.signature = null;
                this.alarm([(0, finding_1.finding)('unreadable', { file: '.', line: 1, column: 1, word: '' }, message)]);
            }
        } while (this.isAgain && !this.isClosed);
    }
    /** Checks what was read and brings the good of it into force. */
    async take(read) {
        const breathe = (0, breather_1.createBreather)();
        const findings = [...(0, check_policy_folder_1.modelFindings)(read)];
        const loaded = new Map();
        if (findings.length > 0)
            this.set.loaded.forEach((one, name) => loaded.set(name, one));
        else {
            for (const [name, files] of read.systems) {
                const before = this.set.loaded.get(name);
                const checked = before && isSame(before.files, files) ? null : await (0, check_system_1.checkSystem)(name, files, breathe, before?.parts.system);
                if (checked)
                    findings.push(...checked.findings);
                const next = checked?.parts ? { files, parts: checked.parts } : before;
                if (next)
                    loaded.set(name, next);
            }
            if (read.systems.size === 0)
                findings.push((0, finding_1.finding)('unreadable', { file: '.', line: 1, column: 1, word: '' }, 'the folder holds no system'));
        }
        if (this.isClosed)
            return;
        await this.swap(loaded, breathe);
        this.signature = read.signature;
        this.lastLookMs = this.options.clock();
        this.alarm(findings);
    }
    async swap(loaded, breathe) {
        const previous = this.set;
        const names = [...new Set([...loaded.keys(), ...previous.loaded.keys()])];
        const changed = names.filter((name) => loaded.get(name) !== previous.loaded.get(name));
        if (changed.length === 0 && previous.version !== '')
            return;
        let keysDecided = 0;
        for (const name of changed) {
            const [before, after] = [previous.loaded.get(name), loaded.get(name)];
            if (before && after)
                keysDecided += await decideAgain(before.parts, after.parts, breathe);
        }
        if (this.isClosed)
            return;
        const version = (0, read_policy_folder_1.versionOf)(new Map([...loaded].map(([name, one]) => [name, one.files])));
        const policies = new Map();
        for (const [name, { parts }] of loaded) {
            policies.set(name, (0, policy_in_force_1.createPolicyInForce)(parts, version, (cause) => this.options.log.error('policy-engine-error', { system: name, cause: cause instanceof Error ? cause.message : 'unknown' })));
        }
        // The one reference by which a policy comes into force.
        this.set = { version, policies, loaded, sinceMs: this.options.clock() };
        const swap = { version, previous: previous.version === '' ? null : previous.version, changed, keysDecided };
        this.options.log.info('policy-swapped', { ...swap });
        this.options.onSwap?.(swap);
    }
    alarm(findings) {
        const isNews = JSON.stringify(findings) !== JSON.stringify(this.findings);
        this.findings = findings;
        if (!isNews)
            return;
        for (const one of findings)
            this.options.log.error('policy-refused', { ...one });
        this.options.onAlarm?.(findings);
    }
    /** The file system's own notices make a change felt sooner; where they fail, the poll remains. */
    watchFolders() {
        const folders = [this.options.folder, ...[...this.set.loaded.keys()].map((name) => (0, node_path_1.join)(this.options.folder, name))];
        for (const [folder, watcher] of this.watchers) {
            if (folders.includes(folder))
                continue;
            watcher.close();
            this.watchers.delete(folder);
        }
        for (const folder of folders) {
            if (this.isClosed || this.watchers.has(folder))
                continue;
            try {
                const watcher = (0, node_fs_1.watch)(folder, { persistent: false }, () => this.settle());
                watcher.on('error', () => {
                    watcher.close();
                    this.watchers.delete(folder);
                });
                this.watchers.set(folder, watcher);
            }
            catch {
                // The poll finds it.
            }
        }
    }
    settle() {
        if (this.isClosed)
            return;
        if (this.settling)
            clearTimeout(this.settling);
        this.settling = setTimeout(() => void this.refresh(), SETTLE_MS);
        this.settling.unref();
    }
}
const isSame = (a, b) => read_policy_folder_1.SYSTEM_FILES.every((file) => {
    const [one, other] = [a[file], b[file]];
    return one === null || other === null ? one === other : one.equals(other);
});
/** Decides the keys that the old policy has met under the new one, so that no request after the swap is cold. */
async function decideAgain(before, after, breathe) {
    const memory = after.memory;
    const relations = translation(before.system, after.system, (system) => system.relations);
    const conditions = translation(before.system, after.system, (system) => system.conditions);
    let decided = 0;
    for (const { key, action } of before.memory.keys()) {
        memory.answer({ ...key, relations: translate(key.relations, relations), conditions: translate(key.conditions, conditions) }, action);
        decided += 1;
        await breathe();
    }
    return decided;
}
/** For each bit of the old words the bit of the same word now; 0 where the word is gone. */
function translation(before, after, words) {
    const now = words(after).map((test) => test.word);
    return words(before).map(({ word }) => (now.includes(word) ? 1 << now.indexOf(word) : 0));
}
const translate = (mask, bits) => bits.reduce((all, bit, i) => ((mask & (1 << i)) === 0 ? all : all | bit), 0);
