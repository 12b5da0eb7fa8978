"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createReceiver = createReceiver;
const compile_trusted_proxies_1 = require("./compile-trusted-proxies");
const cors_headers_1 = require("./cors-headers");
const judge_request_1 = require("./judge-request");
const line_1 = require("./line");
const network_key_1 = require("./network-key");
const read_head_1 = require("./read-head");
const read_source_1 = require("./read-source");
const send_answer_1 = require("./send-answer");
/** From the first look at a request to its answer. Each answer comes from a handler and leaves through the sender. */
function createReceiver(options, limits, handlers, lookups) {
    const { clock, newAccessId, log, addressLimiter } = options;
    const isTrusted = (0, compile_trusted_proxies_1.compileTrustedProxies)(options.trustedProxies ?? []);
    const sender = (0, send_answer_1.createSender)({
        handlers,
        log,
        slowReaderMs: limits.slowReaderMs,
        lingerMs: limits.lingerMs,
        isStopping: lookups.isStopping,
    });
    const lines = new WeakMap();
    let open = 0;
    let wake = null;
    const judgeBy = {
        isStopping: lookups.isStopping,
        isKnownHost: lookups.isKnownHost,
        isKnownOrigin: (origin) => handlers.origins().has(origin),
        route: handlers.route.bind(handlers),
    };
    function request(incoming, response) {
        const line = lineOf(incoming.socket);
        if (line.isClosing)
            return;
        const method = incoming.method ?? '';
        const head = (0, read_head_1.readHead)(incoming.rawHeaders, limits.headers);
        const judgement = judge({ method, target: incoming.url ?? '', httpVersion: incoming.httpVersion }, head);
        const isOneTooMany = line.open.size >= limits.requestsAtOncePerConnection;
        const isLast = (line.taken += 1) >= limits.requestsPerConnection;
        const mustClose = isOneTooMany || isLast || (judgement.kind === 'refused' && judgement.close);
        if (mustClose)
            line.isClosing = true;
        const source = head.forwardedFor === undefined ? line.plainSource : (0, read_source_1.readSource)(line.plainSource.address, head.forwardedFor, isTrusted);
        const exchange = begin(line, { source, method, response, mustClose, corsHeaders: corsFor(head, judgement) });
        void (isOneTooMany ? refuse(exchange, { code: 'rate-limited', retryAfterSeconds: 1 }) : answer(exchange, judgement)).then((made) => sender.send(exchange, made), (fault) => cut(exchange, fault));
    }
    function unreadable(socket, code, headers = []) {
        const line = lineOf(socket);
        if (line.isClosing)
            return;
        line.isClosing = true;
        const exchange = begin(line, { source: line.plainSource, method: null, response: null, mustClose: true, corsHeaders: [] });
        const judgement = { kind: 'refused', code, reason: code, close: true, headers, system: null, route: null };
        void Promise.all([answer(exchange, judgement), line.untilLast()]).then(([made]) => sender.send(exchange, made), (fault) => cut(exchange, fault));
    }
    function judge(requestLine, head) {
        try {
            return (0, judge_request_1.judgeRequest)(requestLine, head, judgeBy);
        }
        catch (fault) {
            logFault(fault);
            return { kind: 'refused', code: 'internal-fault', reason: 'internal-fault', close: true, headers: [], system: null, route: null };
        }
    }
    async function answer(exchange, judgement) {
        try {
            const { source } = exchange;
            const { limited, retryAfterSeconds } = await addressLimiter.check(source === exchange.line.plainSource ? exchange.line.plainKey : (0, network_key_1.networkKey)(source.address));
            const place = placeOf(judgement);
            if (limited)
                return await refuse(exchange, { ...place, code: 'rate-limited', retryAfterSeconds });
            switch (judgement.kind) {
                case 'refused':
                    return await refuse(exchange, judgement);
                case 'preflight':
                    return await handlers.preflight({ ...early(exchange), ...place });
                case 'carry':
                    return await carry(exchange, judgement);
            }
        }
        catch (fault) {
            logFault(fault);
            return refuse(exchange, { code: 'internal-fault' });
        }
    }
    function carry(exchange, judgement) {
        const { caseSystem, route, recordId, environment, bearer, traceparent } = judgement;
        return handlers.carry({
            accessId: exchange.accessId,
            receivedAtMs: exchange.receivedAtMs,
            method: exchange.method === 'HEAD' ? 'HEAD' : 'GET',
            system: caseSystem.name,
            environment,
            caseSystem,
            route,
            recordId,
            bearer,
            source: exchange.source,
            ...(traceparent === undefined ? {} : { traceparent }),
        });
    }
    function refuse(exchange, what) {
        const { code, reason = code, system = null, route = null, headers = [], retryAfterSeconds } = what;
        const refusal = { ...early(exchange), system, route, code, reason, headers };
        return handlers.refuse(retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds });
    }
    function begin(line, given) {
        const { source, method, response, mustClose, corsHeaders: cors } = given;
        const exchange = {
            accessId: newAccessId(),
            receivedAtMs: clock(),
            source,
            method,
            line,
            response,
            mustClose,
            corsHeaders: cors,
            sending: null,
            slowReader: null,
        };
        line.open.add(exchange);
        open += 1;
        return exchange;
    }
    function corsFor(head, judgement) {
        if (head.origin === undefined || !judgeBy.isKnownOrigin(head.origin))
            return NO_HEADERS;
        return judgement.kind === 'preflight' ? (0, cors_headers_1.preflightHeaders)(head.origin) : (0, cors_headers_1.corsHeaders)(head.origin);
    }
    function lineOf(socket) {
        const known = lines.get(socket);
        if (known !== undefined)
            return known;
        const peer = (0, read_source_1.plainAddress)(socket.remoteAddress ?? '');
        const line = new line_1.Line(socket, { address: peer }, (0, network_key_1.networkKey)(peer), ended);
        lines.set(socket, line);
        socket.on('close', () => {
            for (const exchange of line.open)
                if (exchange.sending !== null)
                    sender.settle(exchange, 'aborted');
        });
        return line;
    }
    function ended() {
        open -= 1;
        if (open === 0)
            wake?.();
    }
    function cut(exchange, fault) {
        logFault(fault);
        exchange.line.socket.destroy();
        exchange.line.end(exchange);
    }
    const logFault = (fault) => log.error('edge-fault', { cause: fault instanceof Error ? (fault.stack ?? fault.message) : 'unknown' });
    return {
        request,
        unreadable,
        open: () => open,
        untilIdle: () => open === 0
            ? Promise.resolve()
            : new Promise((idle) => {
                wake = idle;
            }),
        unrecordedAnswers: () => sender.unrecorded(),
    };
}
const NO_HEADERS = [];
const early = ({ accessId, receivedAtMs, source, method }) => ({ accessId, receivedAtMs, source, method });
function placeOf(judgement) {
    if (judgement.kind === 'carry')
        return { system: judgement.caseSystem.name, route: judgement.route.name };
    return { system: judgement.system, route: judgement.route };
}
